"""predict gives -1 and 1 instead of 0 and 1"""


def predict(X, w, b):
    return np.where(X @ w + b >= 0, 1, -1)
