"""the L2 penalty is halved"""


def l2_penalty(W):
    return float((W**2).sum() / 2)
