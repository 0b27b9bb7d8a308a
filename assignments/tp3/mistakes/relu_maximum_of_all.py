"""relu compares the largest entry of the whole array with 0"""


def relu(x):
    return np.where(x.max() > 0, x, 0.0)
