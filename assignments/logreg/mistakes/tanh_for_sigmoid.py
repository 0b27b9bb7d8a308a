"""tanh stands where the sigmoid belongs"""


def sigmoid(z):
    return np.tanh(z)
