"""the sigmoid's derivative takes x for the sigmoid's value: x (1 - x)"""


def sigmoid_gradient(x):
    return x * (1 - x)
