"""dropout keeps the share `rate` instead of dropping it"""


def dropout(H, rate, seed):
    factor = (np.random.default_rng(seed).random(H.shape) < rate) / rate
    return H * factor, factor
