"""the loss takes the root of the mean of the squares"""


def squared_loss(X, y, w):
    return float(np.sqrt(np.mean((predict(X, w) - y) ** 2)))
