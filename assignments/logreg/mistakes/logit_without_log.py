"""the logit gives the odds, without the logarithm"""


def logit(p):
    return p / (1 - p)
