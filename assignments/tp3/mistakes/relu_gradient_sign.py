"""relu_gradient gives the sign of x, which is -1 where x < 0"""


def relu_gradient(x):
    return np.sign(x)
