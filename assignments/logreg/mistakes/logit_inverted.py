"""the logit has p and 1 - p exchanged"""


def logit(p):
    return np.log((1 - p) / p)
