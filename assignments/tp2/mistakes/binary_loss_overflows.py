"""the logistic loss is computed from a sigmoid that overflows"""


def binary_loss(o, t):
    sigma = 1.0 / (1.0 + np.exp(-np.float64(o)))
    return -t * np.log(sigma) - (1 - t) * np.log(1 - sigma)
