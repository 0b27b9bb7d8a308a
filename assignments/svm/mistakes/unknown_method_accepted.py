"""a method that is neither forward nor central is accepted"""


def numerical_gradient(f, x, h=1e-5, method="central"):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        after, before = x.copy(), x.copy()
        after[index] += h
        before[index] -= 0 if method == "forward" else h
        gradient[index] = (f(after) - f(before)) / (h if method == "forward" else 2 * h)
    return gradient
