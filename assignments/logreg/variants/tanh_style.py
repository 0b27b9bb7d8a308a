"""the sigmoid by tanh where it is exact, by exponentials elsewhere"""


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    with np.errstate(over="ignore"):
        return np.where(z > -5, 0.5 * (1 + np.tanh(z / 2)), np.exp(z) / (1 + np.exp(np.minimum(z, 0))))
