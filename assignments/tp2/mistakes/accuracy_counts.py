"""accuracy gives the number of right predictions instead of their share"""

_accuracy = accuracy


def accuracy(X, y, W, b):
    return _accuracy(X, y, W, b) * len(X)
