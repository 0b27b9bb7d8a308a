"""softmax divides by the sum over all the rows"""


def softmax(O):
    e = np.exp(O - O.max(axis=1, keepdims=True))
    return e / e.sum()
