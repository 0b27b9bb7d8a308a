"""the gradients are those of the last example only"""

_gradients = gradients


def gradients(X, y, W, b):
    return _gradients(X[-1:], y[-1:], W, b)
