"""gradient descent starts from weights of 1 instead of 0"""


def gradient_descent(X, y, q, lr, num_steps, strength):
    W, b = np.ones((X.shape[1], q)), np.zeros(q)
    for _ in range(num_steps):
        dW, db = regularised_gradient(X, y, W, b, strength)
        W, b = W - lr * dW, b - lr * db
    return W, b
