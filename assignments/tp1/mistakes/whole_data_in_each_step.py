"""each step uses all the examples instead of its batch"""


def sgd(X, y, w0, lr, num_epochs, batch_size, seed):
    w = np.array(w0, dtype=float)
    for _ in range(num_epochs):
        for _ in range(0, len(X), batch_size):
            w = w - lr * loss_gradient(X, y, w)
    return w
