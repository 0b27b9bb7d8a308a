"""the gradient of the loss has the opposite sign"""

_loss_gradient = loss_gradient


def loss_gradient(P, y):
    return -_loss_gradient(P, y)
