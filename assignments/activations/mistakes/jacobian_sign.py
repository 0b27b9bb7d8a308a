"""the Jacobian of softmax has the opposite sign"""

_softmax_jacobian = softmax_jacobian


def softmax_jacobian(o):
    return -_softmax_jacobian(o)
