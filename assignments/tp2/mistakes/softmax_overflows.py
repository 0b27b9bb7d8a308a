"""the maximum is not subtracted from the logits before the exponential"""


def softmax(o):
    exponentials = np.exp(o)
    return exponentials / exponentials.sum()
