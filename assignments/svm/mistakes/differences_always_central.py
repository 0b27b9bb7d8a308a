"""central differences are taken whatever the method"""

_numerical_gradient = numerical_gradient


def numerical_gradient(f, x, h=1e-5, method="central"):
    return _numerical_gradient(f, x, h, "central" if method == "forward" else method)
