"""train starts from small random weights, and shuffles with the old random generator"""


def minibatches(X, y, batch_size, seed):
    random = np.random.RandomState(seed)
    indices = list(range(len(X)))
    random.shuffle(indices)
    while indices:
        chosen, indices = indices[:batch_size], indices[batch_size:]
        yield (X[chosen], y[chosen])


def train(X, y, num_epochs, batch_size, lr, seed):
    np.random.seed(seed)
    q = y.max() + 1
    W, b = 0.01 * np.random.randn(X.shape[1], q), np.zeros(q)
    for epoch in range(num_epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, 1000 * seed + epoch):
            _, dW, db = batch_loss_and_gradients(X_batch, y_batch, W, b)
            W -= lr * dW
            b -= lr * db
    return [W, b]
