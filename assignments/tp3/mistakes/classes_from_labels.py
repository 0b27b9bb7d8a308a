"""the number of classes is taken from the labels present in the batch"""


def loss_gradient(P, y):
    return (P - np.eye(y.max() + 1)[y]) / len(y)
