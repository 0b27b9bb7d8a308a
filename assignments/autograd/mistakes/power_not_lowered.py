"""the gradient of a power keeps the exponent: k a^k"""

Value.__pow__ = lambda self, k: _made(self.data**k, (self,), (k * self.data**k,))
