"""the softmax is taken over the examples, not over the classes"""


def softmax(O):
    e = np.exp(O - O.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)
