"""the sigmoid's derivative is σ² instead of σ (1 - σ)"""


def sigmoid_gradient(x):
    return sigmoid(x) ** 2
