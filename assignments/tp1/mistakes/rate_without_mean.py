"""the largest rate is computed from AᵀA without the division by n"""


def largest_rate(X):
    A = add_bias(X)
    return float(2.0 / np.linalg.eigvalsh(A.T @ A).max())
