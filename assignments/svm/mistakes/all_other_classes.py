"""classes whose margin is not positive get a gradient too"""


def hinge_gradient(S, y):
    return _pulled((np.arange(S.shape[1]) != y[:, None]).astype(float), y)
