"""tails are left out of the likelihood"""


def likelihood(p, tosses):
    return float(p ** np.sum(tosses))
