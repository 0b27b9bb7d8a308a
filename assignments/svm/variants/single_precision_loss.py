"""the loss is given in float32, the gradients are of float64"""

_hinge_loss = hinge_loss


def hinge_loss(*args):
    return np.float32(_hinge_loss(*args))


_regularised_loss = regularised_loss


def regularised_loss(*args):
    return np.float32(_regularised_loss(*args))


_cross_entropy = cross_entropy


def cross_entropy(*args):
    return np.float32(_cross_entropy(*args))
