"""the saturated entries are counted, not their share"""


def saturated_share(x, activation):
    return float(np.sum(_GRADIENTS[activation](x) < 0.01))
