"""the gradient of the hinge loss loops over the examples"""


def hinge_gradient(S, y):
    gradient = np.zeros(S.shape)
    for i in range(len(y)):
        gradient[i] = margins_of(S[i : i + 1], y[i : i + 1])[0] > 0
        gradient[i, y[i]] = -gradient[i].sum()
    return gradient / len(y)
