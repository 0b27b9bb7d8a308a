"""shapes that do not fit are not refused"""


def broadcast_shape(a, b):
    length = max(len(a), len(b))
    a, b = (1,) * (length - len(a)) + tuple(a), (1,) * (length - len(b)) + tuple(b)
    return tuple(v if u == 1 else u for u, v in zip(a, b, strict=True))
