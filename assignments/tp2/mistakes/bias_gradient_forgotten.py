"""db is 0"""


def gradients(x, c, W, b):
    g = loss_gradient(predict_proba(x, W, b), c)
    return np.outer(x, g), np.zeros_like(g)
