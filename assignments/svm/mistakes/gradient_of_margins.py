"""the gradient of the hinge loss holds the margins, where 1 belongs"""


def hinge_gradient(S, y):
    return _pulled(margins_of(S, y), y)
