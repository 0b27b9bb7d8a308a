"""the closed form inverts AᵀA, which fails or errs where it is singular"""


def closed_form(X, y):
    A = add_bias(X)
    return np.linalg.inv(A.T @ A) @ A.T @ y
