"""gradients are not set to 0 before a second backward"""


def _backward(self):
    self.grad = 1.0
    for value in reversed(topological_order(self)):
        for parent, slope in zip(value.parents, value.slopes, strict=True):
            parent.grad += slope * value.grad


Value.backward = _backward
