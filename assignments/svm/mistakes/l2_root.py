"""the L2 penalty is the norm, not its square"""


def l2_penalty(W):
    return float(np.sqrt((W**2).sum()))
