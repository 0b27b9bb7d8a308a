"""the squared hinge squares the sum of the margins instead of each"""


def squared_hinge_loss(S, y):
    return float((margins_of(S, y).sum(axis=1) ** 2).mean())
