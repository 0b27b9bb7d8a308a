"""the share is that of the entries which are not saturated"""


def saturated_share(x, activation):
    return float(np.mean(_GRADIENTS[activation](x) >= 0.01))
