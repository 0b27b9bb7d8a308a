import numpy as np
from numpy import exp
def shift(o):
    return o - np.max(o)
