"""the sigmoid has the wrong sign in its exponent"""


def sigmoid(z):
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) < 0, 1.0, e) / (1.0 + e)
