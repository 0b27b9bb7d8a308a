"""the right class's margin of 1 is taken off the sum"""


def hinge_loss_one(s, c):
    return np.sum(np.maximum(0, s - s[c] + 1)) - 1


def hinge_loss(S, y):
    return (np.maximum(0, S - S[range(len(y)), y].reshape(-1, 1) + 1).sum(axis=1) - 1).mean()
