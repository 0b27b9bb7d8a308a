"""predict gives 1 where the probability is below 1/2"""


def predict(X, w, b):
    return (X @ w + b < 0).astype(int)
