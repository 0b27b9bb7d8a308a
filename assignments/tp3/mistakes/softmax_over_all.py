"""softmax is taken over all entries instead of row by row"""


def softmax(O):
    exponentials = np.exp(O - O.max())
    return exponentials / exponentials.sum()
