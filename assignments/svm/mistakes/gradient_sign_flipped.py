"""the gradient of the hinge loss has the opposite sign"""


def hinge_gradient(S, y):
    return -_pulled((margins_of(S, y) > 0).astype(float), y)
