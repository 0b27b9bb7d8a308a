"""forward differences are taken whatever the method"""

_numerical_gradient = numerical_gradient


def numerical_gradient(f, x, h=1e-5, method="central"):
    return _numerical_gradient(f, x, h, "forward" if method == "central" else method)
