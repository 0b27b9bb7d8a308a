"""the variance is taken for the standard deviation"""


def initialise(n_in, n_out, scheme, seed):
    variance = {"gaussian": 0.01, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}[scheme]
    return np.random.default_rng(seed).normal(scale=variance, size=(n_in, n_out))
