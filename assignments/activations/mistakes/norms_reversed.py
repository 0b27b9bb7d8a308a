"""the norms are given from the last layer to the first"""

_gradient_norms = gradient_norms


def gradient_norms(stack, X, out_grad):
    return _gradient_norms(stack, X, out_grad)[::-1]
