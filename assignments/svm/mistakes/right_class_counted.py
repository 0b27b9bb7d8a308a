"""the right class is counted in the sum, which adds 1 to every example's loss"""


def hinge_loss_one(s, c):
    return float(np.maximum(0.0, s - s[c] + 1.0).sum())


def hinge_loss(S, y):
    return float(np.maximum(0.0, S - S[np.arange(len(y)), y][:, None] + 1.0).sum() / len(y))
