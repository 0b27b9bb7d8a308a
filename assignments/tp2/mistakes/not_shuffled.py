"""the examples are not shuffled"""


def minibatches(X, y, batch_size, seed):
    for start in range(0, len(X), batch_size):
        yield X[start : start + batch_size], y[start : start + batch_size]
