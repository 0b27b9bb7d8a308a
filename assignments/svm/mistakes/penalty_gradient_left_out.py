"""the gradient has no part of the penalty"""


def regularised_gradient(X, y, W, b, strength):
    scores_gradient = hinge_gradient(X @ W + b, y)
    return X.T @ scores_gradient, scores_gradient.sum(axis=0)
