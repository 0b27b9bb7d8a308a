"""the gradient of the squared hinge is not divided by the number of examples"""


def squared_hinge_gradient(S, y):
    return _pulled(2.0 * margins_of(S, y), y) * len(y)
