"""a new Value has the gradient 1"""


class Value(Value):
    def __init__(self, data):
        super().__init__(data)
        self.grad = 1.0
