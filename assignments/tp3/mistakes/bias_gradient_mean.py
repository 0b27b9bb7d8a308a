"""db is the mean over the batch of a gradient that is divided by n already"""

_gradients = gradients


def gradients(X, y, W, b):
    dW, db = _gradients(X, y, W, b)
    return dW, db / len(y)
