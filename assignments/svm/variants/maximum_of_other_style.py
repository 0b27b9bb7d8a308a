"""margins by a mask, gradients by indicator matrices"""


def margins_of(S, y):
    one_hot = np.eye(S.shape[1])[y]
    right = (S * one_hot).sum(axis=1, keepdims=True)
    return np.where(one_hot == 1, 0.0, np.clip(S - right + 1, 0, None))


def hinge_gradient(S, y):
    positive = (margins_of(S, y) > 0) / len(y)
    return positive - np.eye(S.shape[1])[y] * positive.sum(axis=1, keepdims=True)
