"""the order is found by recursion, which fails on a long chain"""


def topological_order(root):
    order, seen = [], set()

    def visit(value):
        if id(value) not in seen:
            seen.add(id(value))
            for parent in value.parents:
                visit(parent)
            order.append(value)

    visit(root)
    return order
