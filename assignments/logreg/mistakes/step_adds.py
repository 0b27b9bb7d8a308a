"""gradient descent adds the gradients"""


def gradient_descent(X, y, lr, num_steps):
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(num_steps):
        dw, db = gradients(X, y, w, b)
        w, b = w + lr * dw, b + lr * db
    return w, b
