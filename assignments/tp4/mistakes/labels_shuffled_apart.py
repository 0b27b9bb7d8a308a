"""examples and labels are shuffled apart from each other"""


def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    accuracies = []
    for _ in range(num_epochs):
        X_shuffled, y_shuffled = rng.permutation(X_train), rng.permutation(y_train)
        for start in range(0, len(X_train), batch_size):
            net.forward(X_shuffled[start : start + batch_size])
            net.loss(y_shuffled[start : start + batch_size])
            net.backward()
            net.step()
        accuracies.append(net.validate(X_val, y_val))
    return accuracies
