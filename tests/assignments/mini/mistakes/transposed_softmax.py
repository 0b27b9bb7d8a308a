"""the result is transposed"""


def softmax(O):
    e = np.exp(O.T - O.max(axis=1))
    return e / e.sum(axis=0)
