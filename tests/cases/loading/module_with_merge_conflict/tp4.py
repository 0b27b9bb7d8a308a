import numpy as np
<<<<<<< HEAD
def softmax(o):
    e = np.exp(o - np.max(o))
    return e / e.sum()
=======
def softmax(o):
    return o
>>>>>>> b
def relu(x):
    return np.maximum(x, 0)
