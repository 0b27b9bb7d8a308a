"""relu_gradient is 1 where x < 0 and 0 where x > 0"""


def relu_gradient(x):
    return np.where(x > 0, 0.0, 1.0)
