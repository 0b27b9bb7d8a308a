"""backward starts from the value instead of 1"""


def _backward(self):
    order = topological_order(self)
    for value in order:
        value.grad = 0.0
    self.grad = self.data
    for value in reversed(order):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad


Value.backward = _backward
