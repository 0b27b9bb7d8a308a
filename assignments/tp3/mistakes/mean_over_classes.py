"""the gradient of the loss is divided by the number of classes instead of the batch size"""

_loss_gradient = loss_gradient


def loss_gradient(P, y):
    return _loss_gradient(P, y) * len(y) / P.shape[1]
