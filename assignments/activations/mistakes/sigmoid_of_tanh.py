"""the sigmoid is taken for tanh"""


def sigmoid(x):
    return np.tanh(x)
