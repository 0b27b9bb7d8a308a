"""tanh is computed as 2σ(x) - 1, which is tanh(x / 2)"""


def tanh(x):
    return 2 * sigmoid(x) - 1
