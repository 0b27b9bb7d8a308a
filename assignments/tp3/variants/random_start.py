"""train starts from small random weights, and shuffles with the old random generator"""


def train(X, y, num_epochs, batch_size, lr, seed):
    random = np.random.RandomState(seed)
    W, b = 0.01 * random.randn(X.shape[1], y.max() + 1), np.zeros(y.max() + 1)
    for _ in range(num_epochs):
        order = random.permutation(X.shape[0])
        for chosen in np.array_split(order, range(batch_size, len(order), batch_size)):
            dW, db = gradients(X[chosen], y[chosen], W, b)
            W -= lr * dW
            b -= lr * db
    return W, b
