"""the hinge loss is summed over the examples, not averaged"""


def hinge_loss(S, y):
    return float(margins_of(S, y).sum())
