"""the gradient of relu is its value"""

Value.relu = lambda self: _made(max(self.data, 0.0), (self,), (max(self.data, 0.0),))
