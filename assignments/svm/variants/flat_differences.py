"""differences over a flattened copy"""


def numerical_gradient(f, x, h=1e-5, method="central"):
    flat = x.astype(float).ravel()
    steps = h * np.eye(flat.size)
    if method == "forward":
        here = f(x.copy())
        slopes = [(f((flat + step).reshape(x.shape)) - here) / h for step in steps]
    elif method == "central":
        slopes = [
            (f((flat + step).reshape(x.shape)) - f((flat - step).reshape(x.shape))) / (2 * h)
            for step in steps
        ]
    else:
        raise ValueError("forward or central")
    return np.array(slopes).reshape(x.shape)
