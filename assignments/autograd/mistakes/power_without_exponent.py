"""the gradient of a power lacks the factor k"""

Value.__pow__ = lambda self, k: _made(self.data**k, (self,), (self.data ** (k - 1),))
