"""the last, smaller batch of an epoch is left out"""


def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    accuracies = []
    for _ in range(num_epochs):
        order = rng.permutation(len(X_train))
        for i in range(len(X_train) // batch_size):
            batch = order[i * batch_size : (i + 1) * batch_size]
            net.forward(X_train[batch])
            net.loss(y_train[batch])
            net.backward()
            net.step()
        accuracies.append(net.validate(X_val, y_val))
    return accuracies
