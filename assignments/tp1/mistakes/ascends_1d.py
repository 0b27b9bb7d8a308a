"""descent in one dimension goes uphill"""


def descend_1d(derivative, w0, lr, num_steps):
    path = [float(w0)]
    for _ in range(num_steps):
        path.append(path[-1] + lr * derivative(path[-1]))
    return path
