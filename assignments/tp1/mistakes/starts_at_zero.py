"""gradient descent starts at 0 whatever w0 is"""


def gradient_descent(X, y, w0, lr, num_steps):
    w = np.zeros(len(w0))
    for _ in range(num_steps):
        w = w - lr * loss_gradient(X, y, w)
    return w
