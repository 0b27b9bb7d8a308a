"""biases and their gradient in shape (1, q)"""

_regularised_gradient, _random_search, _descent = regularised_gradient, random_search, gradient_descent


def regularised_gradient(X, y, W, b, strength):
    dW, db = _regularised_gradient(X, y, W, b, strength)
    return dW, db.reshape(1, -1)


def random_search(X, y, q, num_tries, scale, seed):
    W, b, loss = _random_search(X, y, q, num_tries, scale, seed)
    return W, b.reshape(1, -1), loss


def gradient_descent(X, y, q, lr, num_steps, strength):
    W, b = np.zeros((X.shape[1], q)), np.zeros((1, q))
    for _ in range(num_steps):
        dW, db = regularised_gradient(X, y, W, b, strength)
        W, b = W - lr * dW, b - lr * db
    return W, b
