from .base import np
def softmax(o):
    e = np.exp(o - np.max(o))
    return e / e.sum()
