"""Xavier takes 1 / n_in, without the number of outputs"""


def initialise(n_in, n_out, scheme, seed):
    deviation = {"gaussian": 0.01, "xavier": np.sqrt(1 / n_in), "he": np.sqrt(2 / n_in)}[scheme]
    return np.random.default_rng(seed).normal(scale=deviation, size=(n_in, n_out))
