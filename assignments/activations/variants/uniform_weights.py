"""weights drawn from a uniform distribution of the same variance"""


def initialise(n_in, n_out, scheme, seed):
    variance = {"gaussian": 1e-4, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}[scheme]
    limit = np.sqrt(3 * variance)
    return np.random.default_rng(seed).uniform(-limit, limit, size=(n_in, n_out))
