"""the best p is smoothed: (heads + 1) / (n + 2)"""


def best_p(tosses):
    return float((np.sum(tosses) + 1) / (len(tosses) + 2))
