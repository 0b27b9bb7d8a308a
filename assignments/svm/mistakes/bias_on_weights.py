"""the bias is added to the weights: X @ (W + b)"""


def regularised_loss(X, y, W, b, strength):
    return hinge_loss(X @ (W + b), y) + strength * l2_penalty(W)
