"""softmax is taken over the examples (axis 0) instead of the classes (axis 1)"""


def softmax(O):
    exponentials = np.exp(O - O.max(axis=0, keepdims=True))
    return exponentials / exponentials.sum(axis=0, keepdims=True)
