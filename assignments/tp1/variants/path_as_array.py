"""the path of descent as an array, the loss in zero dimensions"""


def descend_1d(derivative, w0, lr, num_steps):
    path = np.empty(num_steps + 1)
    path[0] = w0
    for t in range(num_steps):
        path[t + 1] = path[t] - lr * derivative(path[t])
    return path


def squared_loss(X, y, w):
    return np.array(0.5 * np.mean(np.square(y - predict(X, w))))
