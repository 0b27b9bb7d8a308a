"""the hinge loss loops over the examples"""


def hinge_loss(S, y):
    total = 0.0
    for s, c in zip(S, y, strict=True):
        total += hinge_loss_one(s, c)
    return total / len(y)
