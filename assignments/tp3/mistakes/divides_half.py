"""only the probabilities are divided by the batch size, not the labels: P / n - Y instead of (P - Y) / n"""


def loss_gradient(P, y):
    return P / len(y) - np.eye(P.shape[1])[y]
