"""losses as arrays without dimensions, lists for pairs"""

_hinge_loss, _cross_entropy = hinge_loss, cross_entropy


def hinge_loss(S, y):
    return np.array(_hinge_loss(S, y))


def cross_entropy(S, y):
    return np.array([_cross_entropy(S, y)])


def initial_losses(q):
    return [q - 1, np.log(q)]
