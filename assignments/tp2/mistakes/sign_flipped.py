"""the gradient of the loss has the opposite sign"""


def loss_gradient(p, c):
    gradient = -p
    gradient[c] += 1.0
    return gradient
