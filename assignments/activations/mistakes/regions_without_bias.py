"""the patterns leave the bias out"""


def count_regions(X, W, b):
    return len(np.unique(X @ W > 0, axis=0))
