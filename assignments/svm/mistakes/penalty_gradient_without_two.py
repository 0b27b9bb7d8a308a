"""the gradient of the penalty lacks the factor 2"""


def regularised_gradient(X, y, W, b, strength):
    scores_gradient = hinge_gradient(X @ W + b, y)
    return X.T @ scores_gradient + strength * W, scores_gradient.sum(axis=0)
