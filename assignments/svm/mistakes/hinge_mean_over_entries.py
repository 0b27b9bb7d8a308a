"""the hinge loss is averaged over the classes too"""


def hinge_loss(S, y):
    return float(margins_of(S, y).mean())
