"""backward goes from the first value to the last, so that only direct parents get a gradient"""


def _backward(self):
    order = topological_order(self)
    for value in order:
        value.grad = 0.0
    self.grad = 1.0
    for value in order:
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad


Value.backward = _backward
