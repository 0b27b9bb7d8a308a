"""the gradient uses the prediction where the error ŷ - y belongs"""


def loss_gradient(X, y, w):
    return add_bias(X).T @ predict(X, w) / len(y)
