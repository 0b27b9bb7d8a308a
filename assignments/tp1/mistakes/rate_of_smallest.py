"""the largest rate is computed from the smallest eigenvalue"""


def largest_rate(X):
    A = add_bias(X)
    return float(2.0 / np.linalg.eigvalsh(A.T @ A / len(X)).min())
