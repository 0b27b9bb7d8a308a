"""the log-likelihood lacks its minus sign"""

_negative_log_likelihood = negative_log_likelihood


def negative_log_likelihood(p, tosses):
    return -_negative_log_likelihood(p, tosses)
