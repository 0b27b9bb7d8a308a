"""He divides by the number of outputs instead of inputs"""


def initialise(n_in, n_out, scheme, seed):
    deviation = {"gaussian": 0.01, "xavier": np.sqrt(2 / (n_in + n_out)), "he": np.sqrt(2 / n_out)}[scheme]
    return np.random.default_rng(seed).normal(scale=deviation, size=(n_in, n_out))
