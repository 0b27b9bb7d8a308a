"""the closed form has no bias"""


def closed_form(X, y):
    return np.concatenate([[0.0], np.linalg.pinv(X) @ y])
