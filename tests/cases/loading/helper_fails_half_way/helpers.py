import numpy as np
print(missing)
def relu(x):
    return np.maximum(x, 0)
