"""the step of the last batch is divided by batch_size, not by the examples in it"""


def minibatch_descent(X, y, lr, num_epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            dw, db = (len(batch) / batch_size * g for g in gradients(X[batch], y[batch], w, b))
            w, b = w - lr * dw, b - lr * db
    return w, b
