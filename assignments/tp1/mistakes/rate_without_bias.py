"""the largest rate is computed from X without the column of ones"""


def largest_rate(X):
    return float(2.0 / np.linalg.eigvalsh(X.T @ X / len(X)).max())
