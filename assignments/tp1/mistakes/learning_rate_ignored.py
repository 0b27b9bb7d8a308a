"""gradient descent ignores its learning rate"""


def gradient_descent(X, y, w0, lr, num_steps):
    w = np.array(w0, dtype=float)
    for _ in range(num_steps):
        w = w - loss_gradient(X, y, w)
    return w
