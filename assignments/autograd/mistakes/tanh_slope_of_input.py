"""the gradient of tanh takes the input for the value: 1 - a²"""

Value.tanh = lambda self: _made(math.tanh(self.data), (self,), (1 - self.data**2,))
