"""saturation is judged by the activation's value instead of its derivative"""


def saturated_share(x, activation):
    return float(np.mean(np.abs(_ACTIVATIONS[activation](x)) < 0.01))
