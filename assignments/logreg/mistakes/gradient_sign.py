"""the gradients have the opposite sign: y - p for p - y"""


def gradients(X, y, w, b):
    error = y - predict_proba(X, w, b)
    return X.T @ error / len(y), float(error.mean())
