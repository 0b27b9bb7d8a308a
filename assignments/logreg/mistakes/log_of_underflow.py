"""the loss takes the logarithm of a probability that is rounded to 0 or 1"""


def loss(X, y, w, b):
    p = predict_proba(X, w, b)
    return float(-np.mean(np.where(y == 1, np.log(p), np.log(1 - p))))
