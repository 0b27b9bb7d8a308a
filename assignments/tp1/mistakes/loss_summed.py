"""the loss is a sum over the examples, not a mean"""


def squared_loss(X, y, w):
    return float(np.sum((predict(X, w) - y) ** 2) / 2)
