"""the sigmoid's derivative takes z for the sigmoid's value: z (1 - z)"""


def sigmoid_gradient(z):
    return z * (1 - z)
