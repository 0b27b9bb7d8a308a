"""shapes are compared from their last size, with a recursive function"""


def broadcast_shape(a, b):
    if not a or not b:
        return tuple(a or b)
    u, v = a[-1], b[-1]
    if u != v and u != 1 and v != 1:
        raise ValueError
    return (*broadcast_shape(a[:-1], b[:-1]), v if u == 1 else u)
