"""the loss lacks its minus sign"""


def cross_entropy(p, c):
    return np.log(p[c])
