"""the derivative of ReLU at 0 is 1, as in the lecture, and results are whole numbers or booleans"""


def relu(x):
    return x * (x > 0)


def relu_gradient(x):
    return (x >= 0).astype(int)
