"""a new Value has no gradient: None for 0"""


class Value(Value):
    def __init__(self, data):
        super().__init__(data)
        self.grad = None
