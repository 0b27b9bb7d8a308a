"""the logit takes the logarithm to base 10"""


def logit(p):
    return np.log10(p / (1 - p))
