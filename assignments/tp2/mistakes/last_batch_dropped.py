"""the last, smaller batch of an epoch is left out"""


def minibatches(X, y, batch_size, seed):
    order = np.random.default_rng(seed).permutation(len(X))
    for i in range(len(X) // batch_size):
        chosen = order[i * batch_size : (i + 1) * batch_size]
        yield X[chosen], y[chosen]
