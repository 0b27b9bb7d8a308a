"""the bias is added to the weights: X @ (w + b)"""


def predict_proba(X, w, b):
    return sigmoid(X @ (w + b))
