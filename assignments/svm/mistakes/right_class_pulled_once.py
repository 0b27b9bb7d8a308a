"""the right class's score is pulled by 1, however many margins are positive"""


def hinge_gradient(S, y):
    positive = (margins_of(S, y) > 0).astype(float)
    positive[np.arange(len(y)), y] = -positive.any(axis=1)
    return positive / len(y)
