"""the regions are counted as 2 to the number of units"""


def count_regions(X, W, b):
    return 2 ** W.shape[1]
