"""the closed form by NumPy's least squares"""


def closed_form(X, y):
    return np.linalg.lstsq(add_bias(X), y, rcond=None)[0]
