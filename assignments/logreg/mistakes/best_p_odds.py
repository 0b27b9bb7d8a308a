"""the best p is the odds, heads / tails"""


def best_p(tosses):
    with np.errstate(divide="ignore"):
        return float(np.sum(tosses) / np.sum(1 - tosses))
