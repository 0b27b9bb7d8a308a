"""float32 throughout"""


def softmax(O):
    e = np.exp(np.float32(O) - np.float32(O).max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
