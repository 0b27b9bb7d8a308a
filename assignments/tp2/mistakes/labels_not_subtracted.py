"""the gradient of the loss is p: 1 is not taken off at the right class"""


def loss_gradient(p, c):
    return p.copy()
