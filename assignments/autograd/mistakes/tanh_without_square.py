"""the gradient of tanh lacks the square: 1 - t"""

Value.tanh = lambda self: _made(math.tanh(self.data), (self,), (1 - math.tanh(self.data),))
