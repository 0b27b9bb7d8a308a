"""the shorter shape is padded with 1 on its right instead of its left"""


def broadcast_shape(a, b):
    length = max(len(a), len(b))
    a, b = tuple(a) + (1,) * (length - len(a)), tuple(b) + (1,) * (length - len(b))
    for size_a, size_b in zip(a, b, strict=True):
        if size_a != size_b and 1 not in (size_a, size_b):
            raise ValueError("shapes do not broadcast")
    return tuple(v if u == 1 else u for u, v in zip(a, b, strict=True))
