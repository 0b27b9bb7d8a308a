"""log is to base 10"""

Value.log = lambda self: _made(math.log10(self.data), (self,), (1 / self.data / math.log(10),))
