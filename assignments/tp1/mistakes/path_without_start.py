"""the path of descent leaves the start out"""


def descend_1d(derivative, w0, lr, num_steps):
    path, w = [], w0
    for _ in range(num_steps):
        w = w - lr * derivative(w)
        path.append(w)
    return path
