"""the gradient of the loss is P / n: the one-hot labels are not subtracted"""


def loss_gradient(P, y):
    return P / len(y)
