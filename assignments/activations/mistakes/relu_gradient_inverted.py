"""ReLU's derivative is 1 below 0 and 0 above"""


def relu_gradient(x):
    return (x < 0).astype(float)
