"""minibatches drawn with NumPy's legacy generator, by splitting a permutation"""


def sgd(X, y, w0, lr, num_epochs, batch_size, seed):
    random = np.random.RandomState(seed)
    w = w0.copy()
    for _ in range(num_epochs):
        order = random.permutation(len(X))
        for batch in np.array_split(order, range(batch_size, len(X), batch_size)):
            w -= lr * loss_gradient(X[batch], y[batch], w)
    return w
