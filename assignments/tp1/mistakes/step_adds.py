"""gradient descent adds the gradient instead of taking it off"""


def gradient_descent(X, y, w0, lr, num_steps):
    w = np.array(w0, dtype=float)
    for _ in range(num_steps):
        w = w + lr * loss_gradient(X, y, w)
    return w
