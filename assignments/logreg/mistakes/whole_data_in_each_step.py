"""each step uses all the examples instead of its batch"""


def minibatch_descent(X, y, lr, num_epochs, batch_size, seed):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(num_epochs):
        for _ in range(0, len(X), batch_size):
            dw, db = gradients(X, y, w, b)
            w, b = w - lr * dw, b - lr * db
    return w, b
