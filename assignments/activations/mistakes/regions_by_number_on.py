"""patterns with the same number of units on are counted as one"""


def count_regions(X, W, b):
    return len(np.unique((X @ W + b > 0).sum(axis=1)))
