"""the loss is given in float32, the gradients are of float64"""

_cross_entropy = cross_entropy


def cross_entropy(*args):
    return np.float32(_cross_entropy(*args))
