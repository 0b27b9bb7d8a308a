"""the gradient has the sigmoid's derivative as a factor, as for a squared error"""


def gradients(X, y, w, b):
    p = predict_proba(X, w, b)
    error = (p - y) * p * (1 - p)
    return X.T @ error / len(y), float(error.mean())
