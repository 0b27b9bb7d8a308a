"""the order by the time at which values were made"""

import itertools

_clock = itertools.count()


class Value(Value):
    def __init__(self, data):
        super().__init__(data)
        self.made = next(_clock)


def topological_order(root):
    found, stack = {id(root): root}, [root]
    while stack:
        for parent in stack.pop().parents:
            if id(parent) not in found:
                found[id(parent)] = parent
                stack.append(parent)
    return sorted(found.values(), key=lambda value: value.made)
