"""the negative log-likelihood of the tosses is a mean, not a sum"""

_negative_log_likelihood = negative_log_likelihood


def negative_log_likelihood(p, tosses):
    return _negative_log_likelihood(p, tosses) / len(tosses)
