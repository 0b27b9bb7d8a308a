"""the gradient of -a has a plus"""

Value.__neg__ = lambda self: _made(-self.data, (self,), (1.0,))
Value.__sub__ = lambda self, other: self + _as_value(other) * -1
