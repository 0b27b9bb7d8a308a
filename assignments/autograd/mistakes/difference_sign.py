"""the gradient of a difference has a plus on both sides"""

Value.__sub__ = lambda self, other: _made(
    self.data - _as_value(other).data, (self, _as_value(other)), (1.0, 1.0)
)
