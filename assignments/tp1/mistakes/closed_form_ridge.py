"""the closed form adds a penalty to the diagonal, which changes the answer"""


def closed_form(X, y):
    A = add_bias(X)
    return np.linalg.solve(A.T @ A + 0.1 * np.eye(A.shape[1]), A.T @ y)
