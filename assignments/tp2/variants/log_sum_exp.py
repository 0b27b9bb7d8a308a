"""softmax is the exponential of logits minus their log-sum-exp"""


def softmax(o):
    maximum = np.amax(o)
    return np.exp(o - maximum - np.log(np.exp(o - maximum).sum()))


def binary_loss(o, t):
    return float(np.logaddexp(0.0, o) - t * o)
