"""a loop over classes instead of examples"""


def hinge_loss(S, y):
    right = S[np.arange(len(y)), y]
    total = 0.0
    for j in range(S.shape[1]):
        total += (np.maximum(0, S[:, j] - right + 1) * (y != j)).sum()
    return total / len(y)
