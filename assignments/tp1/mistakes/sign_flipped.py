"""the gradient has the opposite sign: y - ŷ for ŷ - y"""


def loss_gradient(X, y, w):
    return add_bias(X).T @ (y - predict(X, w)) / len(y)
