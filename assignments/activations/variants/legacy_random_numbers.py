"""weights and masks from NumPy's legacy generator"""


def initialise(n_in, n_out, scheme, seed):
    np.random.seed(seed)
    scale = {"gaussian": 0.01, "xavier": (2 / (n_in + n_out)) ** 0.5, "he": (2 / n_in) ** 0.5}[scheme]
    return np.random.randn(n_in, n_out) * scale


def dropout(H, rate, seed):
    np.random.seed(seed)
    factor = np.random.binomial(1, 1 - rate, size=H.shape) / (1 - rate)
    return factor * H, factor
