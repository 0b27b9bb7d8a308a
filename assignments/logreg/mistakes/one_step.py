"""gradient descent takes a single step"""


def gradient_descent(X, y, lr, num_steps):
    dw, db = gradients(X, y, np.zeros(X.shape[1]), 0.0)
    return -lr * dw, -lr * db
