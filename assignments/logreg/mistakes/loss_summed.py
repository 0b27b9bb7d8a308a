"""the loss is summed over the examples, not averaged"""

_loss = loss


def loss(X, y, w, b):
    return _loss(X, y, w, b) * len(y)
