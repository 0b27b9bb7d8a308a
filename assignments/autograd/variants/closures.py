"""each value keeps a function that hands its gradient on"""


class Value:
    def __init__(self, data, children=()):
        self.data, self.grad = float(data), 0.0
        self._prev = tuple(children)
        self._backward = lambda: None

    def _new(self, data, children, backward):
        out = Value(data, children)
        out._backward = lambda: backward(out)
        return out

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)

        def backward(out):
            self.grad += out.grad
            other.grad += out.grad

        return self._new(self.data + other.data, (self, other), backward)

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)

        def backward(out):
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad

        return self._new(self.data * other.data, (self, other), backward)

    def __pow__(self, k):
        def backward(out):
            self.grad += k * self.data ** (k - 1) * out.grad

        return self._new(self.data**k, (self,), backward)

    def _function(self, value, slope):
        def backward(out):
            self.grad += slope * out.grad

        return self._new(value, (self,), backward)

    def exp(self):
        return self._function(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self._function(math.log(self.data), 1 / self.data)

    def relu(self):
        return self._function(max(0.0, self.data), 1.0 if self.data >= 0 else 0.0)

    def tanh(self):
        return self._function(math.tanh(self.data), 1 - math.tanh(self.data) ** 2)

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * (other if isinstance(other, Value) else Value(other)) ** -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return (-self) + other

    def __rtruediv__(self, other):
        return self**-1 * other

    def backward(self):
        order = topological_order(self)
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            value._backward()


def topological_order(root):
    order, done, stack = [], set(), [(root, False)]
    while stack:
        value, is_open = stack.pop()
        if is_open:
            order.append(value)
        elif value not in done:
            done.add(value)
            stack.append((value, True))
            stack += [(child, False) for child in value._prev if child not in done]
    return order
