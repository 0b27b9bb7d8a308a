"""the logarithm is to base 2 instead of natural"""


def cross_entropy(p, c):
    return -np.log2(p[c])
