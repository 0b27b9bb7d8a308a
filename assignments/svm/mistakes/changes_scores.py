"""cross-entropy subtracts the maximum from the scores themselves, which changes the caller's array"""


def cross_entropy(S, y):
    S -= S.max(axis=1, keepdims=True)
    return float((np.log(np.exp(S).sum(axis=1)) - S[np.arange(len(y)), y]).mean())
