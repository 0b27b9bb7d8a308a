"""every step uses the derivative at the start"""


def descend_1d(derivative, w0, lr, num_steps):
    return [float(w0) - k * lr * derivative(w0) for k in range(num_steps + 1)]
