"""the right class's score gets no gradient"""


def hinge_gradient(S, y):
    return (margins_of(S, y) > 0) / len(y)
