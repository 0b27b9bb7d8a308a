"""the bias is added to every weight instead of to the prediction"""


def predict(X, w):
    return X @ (w[1:] + w[0])
