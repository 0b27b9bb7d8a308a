"""the loss adds -log p of every class instead of that of the right class"""


def cross_entropy(p, c):
    return -np.sum(np.log(p))
