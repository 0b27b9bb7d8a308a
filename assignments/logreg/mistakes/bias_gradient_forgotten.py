"""the bias's gradient is 0: the bias never learns"""


def gradients(X, y, w, b):
    error = predict_proba(X, w, b) - y
    return X.T @ error / len(y), 0.0
