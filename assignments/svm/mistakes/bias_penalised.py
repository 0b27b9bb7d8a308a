"""the bias is penalised too"""


def regularised_loss(X, y, W, b, strength):
    return hinge_loss(X @ W + b, y) + strength * (l2_penalty(W) + l2_penalty(b))


def regularised_gradient(X, y, W, b, strength):
    scores_gradient = hinge_gradient(X @ W + b, y)
    return X.T @ scores_gradient + 2 * strength * W, scores_gradient.sum(axis=0) + 2 * strength * b
