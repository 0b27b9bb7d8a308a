"""the margin of 1 is left out"""


def hinge_loss_one(s, c):
    return float(np.maximum(0.0, s - s[c]).sum())


def margins_of(S, y):
    return np.maximum(0.0, S - S[np.arange(len(y)), y][:, None])
