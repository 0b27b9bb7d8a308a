"""a value comes in the order as often as it is used"""

_topological_order = topological_order


def topological_order(root):
    order = _topological_order(root)
    return [v for v in order for _ in range(max(1, sum(p is v for u in order[-9:] for p in u.parents)))]
