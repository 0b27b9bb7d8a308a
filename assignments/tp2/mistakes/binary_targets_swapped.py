"""the logistic loss takes target 0 for target 1"""

_binary_loss = binary_loss


def binary_loss(o, t):
    return _binary_loss(o, 1 - t)
