"""the loss leaves examples of class 0 out"""


def loss(X, y, w, b):
    return float(np.mean(-y * np.log(predict_proba(X, w, b))))
