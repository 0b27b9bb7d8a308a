"""the sigmoid divides infinity by infinity for large inputs"""


def sigmoid(x):
    return np.exp(x) / (1 + np.exp(x))
