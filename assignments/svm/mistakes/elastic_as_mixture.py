"""elastic net weighs the L1 part by 1 - beta"""


def elastic_net(W, beta):
    return beta * l2_penalty(W) + (1 - beta) * l1_penalty(W)
