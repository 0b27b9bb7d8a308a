"""examples and labels are shuffled apart from each other"""


def minibatches(X, y, batch_size, seed):
    rng = np.random.default_rng(seed)
    X, y = rng.permutation(X), rng.permutation(y)
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]
