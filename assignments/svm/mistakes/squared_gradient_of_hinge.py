"""the gradient of the squared hinge is that of the plain hinge"""


def squared_hinge_gradient(S, y):
    return hinge_gradient(S, y)
