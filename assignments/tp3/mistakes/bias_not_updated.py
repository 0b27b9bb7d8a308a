"""train does not change the bias"""


def train(X, y, num_epochs, batch_size, lr, seed):
    W, b = np.zeros((X.shape[1], int(np.max(y)) + 1)), np.zeros(int(np.max(y)) + 1)
    rng = np.random.default_rng(seed)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            chosen = order[start : start + batch_size]
            dW, _ = gradients(X[chosen], y[chosen], W, b)
            W = W - lr * dW
    return W, b
