"""elastic net puts beta on the L1 part"""


def elastic_net(W, beta):
    return l2_penalty(W) + beta * l1_penalty(W)
