"""the maximum is not subtracted from the logits before the exponential"""


def softmax(O):
    exponentials = np.exp(O)
    return exponentials / exponentials.sum(axis=1, keepdims=True)
