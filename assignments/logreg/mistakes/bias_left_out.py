"""the bias is left out"""


def predict_proba(X, w, b):
    return sigmoid(X @ w)
