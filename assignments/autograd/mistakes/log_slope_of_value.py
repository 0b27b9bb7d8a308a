"""the gradient of log is 1 / log a instead of 1 / a"""

Value.log = lambda self: _made(math.log(self.data), (self,), (1 / math.log(self.data),))
