"""gradient descent never moves the bias"""


def gradient_descent(X, y, lr, num_steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(num_steps):
        w = w - lr * gradients(X, y, w, b)[0]
    return w, b
