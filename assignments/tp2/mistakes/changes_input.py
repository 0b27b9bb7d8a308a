"""loss_gradient takes 1 off in the array of probabilities that it is given"""


def loss_gradient(p, c):
    p[c] -= 1.0
    return p
