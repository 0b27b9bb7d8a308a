"""the sigmoid clips its logits, which makes small probabilities wrong"""


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-np.clip(z, -10, 10)))
