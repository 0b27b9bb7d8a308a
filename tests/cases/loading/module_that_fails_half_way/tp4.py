import numpy as np
def softmax(o):
    e = np.exp(o - np.max(o))
    return e / e.sum()
softmax(undefined_name)
def relu(x):
    return np.maximum(x, 0)
