"""the difference is the right class's score minus the other's"""


def hinge_loss_one(s, c):
    margins = np.maximum(0.0, s[c] - s + 1.0)
    margins[c] = 0.0
    return float(margins.sum())
