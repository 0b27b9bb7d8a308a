"""the order begins with the root"""

_topological_order = topological_order


def topological_order(root):
    return _topological_order(root)[::-1]
