"""1 / (1 + e^-z), which overflows to a right answer"""


def sigmoid(z):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-np.asarray(z, dtype=float)))


def predict(X, w, b):
    return predict_proba(X, w, b) >= 0.5
