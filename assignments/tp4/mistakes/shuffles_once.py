"""the examples are shuffled once and come in the same order in every epoch"""


def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    order = np.random.default_rng(seed).permutation(len(X_train))
    accuracies = []
    for _ in range(num_epochs):
        for start in range(0, len(X_train), batch_size):
            batch = order[start : start + batch_size]
            net.forward(X_train[batch])
            net.loss(y_train[batch])
            net.backward()
            net.step()
        accuracies.append(net.validate(X_val, y_val))
    return accuracies
