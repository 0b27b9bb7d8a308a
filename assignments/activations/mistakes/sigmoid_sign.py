"""the sigmoid has the wrong sign in its exponent"""

_sigmoid = sigmoid


def sigmoid(x):
    return _sigmoid(-x)
