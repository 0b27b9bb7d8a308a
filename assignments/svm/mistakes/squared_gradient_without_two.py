"""the gradient of the squared hinge lacks the factor 2"""


def squared_hinge_gradient(S, y):
    return _pulled(margins_of(S, y), y)
