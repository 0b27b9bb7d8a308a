"""heads and tails are exchanged"""


def likelihood(p, tosses):
    return float(np.prod(np.where(tosses == 1, 1.0 - p, p)))


def negative_log_likelihood(p, tosses):
    return float(-np.log(np.where(tosses == 1, 1.0 - p, p)).sum())
