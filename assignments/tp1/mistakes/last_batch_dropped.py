"""the last, smaller batch of an epoch is left out"""


def sgd(X, y, w0, lr, num_epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    w = np.array(w0, dtype=float)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X) - len(X) % batch_size, batch_size):
            batch = order[start : start + batch_size]
            w = w - lr * loss_gradient(X[batch], y[batch], w)
    return w
