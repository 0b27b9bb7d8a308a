"""the loss adds -log p of every class instead of that of the right class"""


def cross_entropy(P, y):
    return -np.mean(np.sum(np.log(P), axis=1))
