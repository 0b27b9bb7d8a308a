"""the sigmoid takes an exponential that overflows, and divides infinity by infinity"""


def sigmoid(z):
    e = np.exp(np.asarray(z, dtype=float))
    return e / (1.0 + e)
