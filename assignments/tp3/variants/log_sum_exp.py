"""softmax is the exponential of logits minus their log-sum-exp"""


def softmax(O):
    maximum = np.amax(O, axis=-1)[:, np.newaxis]
    return np.exp(O - (maximum + np.log(np.exp(O - maximum).sum(axis=-1, keepdims=True))))


def cross_entropy(P, y):
    return float(-np.log(np.take_along_axis(P, y[:, None], axis=1)).mean())
