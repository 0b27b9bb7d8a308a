"""the seed is not used: every run gives another order"""


def minibatches(X, y, batch_size, seed):
    order = np.random.default_rng().permutation(len(X))
    for start in range(0, len(X), batch_size):
        chosen = order[start : start + batch_size]
        yield X[chosen], y[chosen]
