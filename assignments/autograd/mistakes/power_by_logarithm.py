"""the gradient of a power is that of an exponential: a^k log a"""

Value.__pow__ = lambda self, k: _made(self.data**k, (self,), (self.data**k * math.log(abs(self.data)),))
