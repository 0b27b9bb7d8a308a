"""the logarithm is taken of a product that underflows"""


def negative_log_likelihood(p, tosses):
    return float(-np.log(np.prod(np.where(tosses == 1, p, 1.0 - p))))
