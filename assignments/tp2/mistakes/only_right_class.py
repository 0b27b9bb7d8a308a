"""the gradient of the loss is 0 at all classes but the right one"""


def loss_gradient(p, c):
    gradient = np.zeros_like(p)
    gradient[c] = p[c] - 1.0
    return gradient
