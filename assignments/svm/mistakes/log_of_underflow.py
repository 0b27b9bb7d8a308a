"""cross-entropy takes the logarithm of a probability that underflows to 0"""


def cross_entropy(S, y):
    e = np.exp(S - S.max(axis=1, keepdims=True))
    P = e / e.sum(axis=1, keepdims=True)
    return float(-np.log(P[np.arange(len(y)), y]).mean())
