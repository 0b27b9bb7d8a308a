"""minibatch descent adds the bias's gradient"""


def minibatch_descent(X, y, lr, num_epochs, batch_size, seed):
    rng = np.random.default_rng(seed)
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            dw, db = gradients(X[batch], y[batch], w, b)
            w, b = w - lr * dw, b + lr * db
    return w, b
