"""shapes of different lengths are refused instead of padded"""

_broadcast_shape = broadcast_shape


def broadcast_shape(a, b):
    if len(a) != len(b):
        raise ValueError("shapes of different lengths")
    return _broadcast_shape(a, b)
