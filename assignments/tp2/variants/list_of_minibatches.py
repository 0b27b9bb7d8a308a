"""minibatches returns a list"""

_minibatches = minibatches


def minibatches(X, y, batch_size, seed):
    return [(X_batch, y_batch) for X_batch, y_batch in _minibatches(X, y, batch_size, seed)]
