"""backward does not set the gradient of its own value to 1"""


def _backward(self):
    order = topological_order(self)
    for value in reversed(order):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad


Value.backward = _backward
