"""descent changes w0 in place"""


def gradient_descent(X, y, w0, lr, num_steps):
    for _ in range(num_steps):
        w0 -= lr * loss_gradient(X, y, w0)
    return w0
