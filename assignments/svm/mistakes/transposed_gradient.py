"""dW is transposed: (gradient of the scores)ᵀ · X"""


def regularised_gradient(X, y, W, b, strength):
    scores_gradient = hinge_gradient(X @ W + b, y)
    return scores_gradient.T @ X + 2 * strength * W.T, scores_gradient.sum(axis=0)
