"""the examples of a batch are drawn with replacement, so that some come twice and others never"""


def minibatches(X, y, batch_size, seed):
    rng = np.random.default_rng(seed)
    for start in range(0, len(X), batch_size):
        chosen = rng.integers(0, len(X), size=min(batch_size, len(X) - start))
        yield X[chosen], y[chosen]
