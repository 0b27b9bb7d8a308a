"""the rows of values are counted, not their patterns"""


def count_regions(X, W, b):
    return len(np.unique(np.maximum(X @ W + b, 0), axis=0))
