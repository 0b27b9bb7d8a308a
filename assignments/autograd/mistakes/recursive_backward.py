"""backward hands gradients on before they are complete"""


def _hand_on(value, amount):
    value.grad += amount
    for parent, slope in zip(value.parents, value.slopes, strict=True):
        _hand_on(parent, slope * value.grad)


def _backward(self):
    for value in topological_order(self):
        value.grad = 0.0
    _hand_on(self, 1.0)


Value.backward = _backward
