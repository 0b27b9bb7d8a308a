"""the negative log-likelihood takes logarithms to base 2"""

_negative_log_likelihood = negative_log_likelihood


def negative_log_likelihood(p, tosses):
    return _negative_log_likelihood(p, tosses) / np.log(2)
