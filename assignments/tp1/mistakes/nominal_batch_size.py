"""the step of the last batch is divided by batch_size, not by the examples in it"""


def sgd(X, y, w0, lr, num_epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    w = np.array(w0, dtype=float)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            w = w - lr * loss_gradient(X[batch], y[batch], w) * len(batch) / batch_size
    return w
