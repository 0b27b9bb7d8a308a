"""the probabilities of the tosses are added instead of multiplied"""


def likelihood(p, tosses):
    return float(np.sum(np.where(tosses == 1, p, 1.0 - p)))
