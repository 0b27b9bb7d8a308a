"""accuracy takes the maximum over the examples (axis 0) instead of the classes (axis 1)"""


def accuracy(X, y, W, b):
    return np.mean(np.argmax(predict_proba(X, W, b), axis=0) == y)
