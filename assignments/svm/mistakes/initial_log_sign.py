"""the initial cross-entropy has the wrong sign: log(1 / q)"""


def initial_losses(q):
    return float(q - 1), float(np.log(1 / q))
