"""gradient descent takes one step more than num_steps"""


def gradient_descent(X, y, w0, lr, num_steps):
    w = np.array(w0, dtype=float)
    for _ in range(num_steps + 1):
        w = w - lr * loss_gradient(X, y, w)
    return w
