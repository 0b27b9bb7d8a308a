"""negative margins are not cut off at 0"""


def hinge_loss_one(s, c):
    return float((s - s[c] + 1.0).sum() - 1.0)


def hinge_loss(S, y):
    return float((S - S[np.arange(len(y)), y][:, None] + 1.0).sum() / len(y) - 1.0)
