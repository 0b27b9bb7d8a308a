"""the initial weights are all 0"""


def initialise(n_in, n_out, scheme, seed):
    return np.zeros((n_in, n_out))
