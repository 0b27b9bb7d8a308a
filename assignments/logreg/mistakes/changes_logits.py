"""the sigmoid works on its argument itself, which changes the caller's array"""

_sigmoid = sigmoid


def sigmoid(z):
    if isinstance(z, np.ndarray):
        np.negative(z, out=z)
        with np.errstate(over="ignore"):
            np.exp(z, out=z)
        return 1.0 / (1.0 + z)
    return _sigmoid(z)
