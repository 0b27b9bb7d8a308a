"""the L1 penalty sums the weights without their absolute values"""


def l1_penalty(W):
    return float(W.sum())
