"""labels become one-hot rows, also where an index would do"""


def cross_entropy(p, c):
    one_hot = np.zeros(len(p))
    one_hot[c] = 1
    return float(-(one_hot * np.log(p + 1e-12)).sum())


def loss_gradient(p, c):
    return p - np.eye(p.shape[0])[c]


def gradients(x, c, W, b):
    g = loss_gradient(predict_proba(x, W, b), c)
    return x[:, None] * g[None, :], g
