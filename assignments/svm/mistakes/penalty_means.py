"""the penalties are means over the weights, not sums"""


def l2_penalty(W):
    return float((W**2).mean())


def l1_penalty(W):
    return float(np.abs(W).mean())
