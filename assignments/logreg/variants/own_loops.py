"""single-example descent by its own loop, the bias as an array of one entry"""


def sgd(X, y, lr, num_epochs, seed):
    random = np.random.RandomState(seed)
    w, b = np.zeros(X.shape[1]), np.zeros(1)
    for _ in range(num_epochs):
        for i in random.permutation(len(X)):
            error = sigmoid(X[i] @ w + b) - y[i]
            w -= lr * error * X[i]
            b -= lr * error
    return w, b


def gradients(X, y, w, b):
    error = sigmoid(np.dot(X, w) + b) - y
    return np.mean(error[:, None] * X, axis=0), np.array([np.mean(error)])
