"""the bias's part of the gradient is a sum over the examples, the others are means"""


def loss_gradient(X, y, w):
    gradient = add_bias(X).T @ (predict(X, w) - y) / len(y)
    gradient[0] *= len(y)
    return gradient
