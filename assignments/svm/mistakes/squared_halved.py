"""the squared hinge is halved"""


def squared_hinge_loss(S, y):
    return float((margins_of(S, y) ** 2).sum() / len(y) / 2)
