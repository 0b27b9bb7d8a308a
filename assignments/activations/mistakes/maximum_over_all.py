"""softmax subtracts one maximum for all the rows"""


def softmax(O):
    e = np.exp(O - O.max())
    return e / e.sum(axis=1, keepdims=True)
