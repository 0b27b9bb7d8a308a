"""likelihoods by loops and logarithms"""


def likelihood(p, tosses):
    product = 1.0
    for toss in tosses:
        product *= p if toss else 1 - p
    return product


def negative_log_likelihood(p, tosses):
    return -sum(np.log(p) if toss else np.log1p(-p) for toss in tosses)
