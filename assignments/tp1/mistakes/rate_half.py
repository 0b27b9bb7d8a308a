"""the largest rate is 1 / λ instead of 2 / λ"""


def largest_rate(X):
    A = add_bias(X)
    return float(1.0 / np.linalg.eigvalsh(A.T @ A / len(X)).max())
