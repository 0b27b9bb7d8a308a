"""the initial weights are all positive: drawn from [0, 1)"""


def initialise(n_in, n_out, scheme, seed):
    deviation = {"gaussian": 0.01, "xavier": np.sqrt(2 / (n_in + n_out)), "he": np.sqrt(2 / n_in)}[scheme]
    return np.random.default_rng(seed).random((n_in, n_out)) * deviation * np.sqrt(12)
