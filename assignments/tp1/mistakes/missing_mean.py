"""the gradient is not divided by the number of examples"""


def loss_gradient(X, y, w):
    return add_bias(X).T @ (predict(X, w) - y)
