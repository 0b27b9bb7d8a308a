"""the last, smaller batch of an epoch is left out"""


def train(X, y, num_epochs, batch_size, lr, seed):
    W, b = np.zeros((X.shape[1], int(np.max(y)) + 1)), np.zeros(int(np.max(y)) + 1)
    rng = np.random.default_rng(seed)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for i in range(len(X) // batch_size):
            chosen = order[i * batch_size : (i + 1) * batch_size]
            dW, db = gradients(X[chosen], y[chosen], W, b)
            W, b = W - lr * dW, b - lr * db
    return W, b
