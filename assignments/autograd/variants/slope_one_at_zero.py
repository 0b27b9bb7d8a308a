"""relu has the slope 1 at 0, descend keeps its values"""

Value.relu = lambda self: _made(self.data * (self.data >= 0), (self,), (float(self.data >= 0),))


def descend(f, start, lr, num_steps):
    values = [Value(x) for x in start]
    for _ in range(num_steps):
        f(values).backward()
        for value in values:
            value.data -= lr * value.grad
    return tuple(value.data for value in values)
