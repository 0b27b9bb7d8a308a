"""the gradient is divided by the number of weights instead of the number of examples"""


def loss_gradient(X, y, w):
    return add_bias(X).T @ (predict(X, w) - y) / len(w)
