"""the larger size is taken, which is wrong for sizes 0 and 1"""

_broadcast_shape = broadcast_shape


def broadcast_shape(a, b):
    length = len(_broadcast_shape(a, b))
    a, b = (1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)
    return tuple(max(u, v) for u, v in zip(a, b, strict=True))
