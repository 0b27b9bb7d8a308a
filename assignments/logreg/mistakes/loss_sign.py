"""the loss lacks its minus sign"""

_loss = loss


def loss(X, y, w, b):
    return -_loss(X, y, w, b)
