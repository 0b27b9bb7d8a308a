"""the best p is the share of tails"""


def best_p(tosses):
    return float(1 - np.mean(tosses))
