"""the initial hinge loss counts the right class: q for q - 1"""


def initial_losses(q):
    return float(q), float(np.log(q))
