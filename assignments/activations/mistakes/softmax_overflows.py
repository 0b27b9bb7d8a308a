"""softmax takes exponentials without subtracting the maximum"""


def softmax(O):
    return np.exp(O) / np.exp(O).sum(axis=1, keepdims=True)
