"""an entry of x stays moved while the next ones are tried"""


def numerical_gradient(f, x, h=1e-5, method="central"):
    if method not in ("forward", "central"):
        raise ValueError(method)
    x, gradient = x.copy(), np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        here = x[index]
        x[index] = here - h if method == "central" else here
        before = f(x)
        x[index] = here + h
        gradient[index] = (f(x) - before) / (2 * h if method == "central" else h)
    return gradient
