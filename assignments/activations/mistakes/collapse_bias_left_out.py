"""the first layer's bias is left out"""


def collapse(W1, b1, W2, b2):
    return W1 @ W2, b2
