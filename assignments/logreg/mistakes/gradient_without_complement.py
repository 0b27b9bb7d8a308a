"""the sigmoid's derivative lacks the factor 1 - σ"""


def sigmoid_gradient(z):
    return sigmoid(z)
