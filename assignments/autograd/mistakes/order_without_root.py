"""the root is left out of the order"""

_topological_order = topological_order


def topological_order(root):
    return _topological_order(root)[:-1]
