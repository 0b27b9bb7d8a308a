"""the order is by distance from the root, which is not always a topological one"""


def topological_order(root):
    order, seen, level = [], {id(root)}, [root]
    while level:
        order += level
        following = []
        for value in level:
            for parent in value.parents:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    following.append(parent)
        level = following
    return order[::-1]
