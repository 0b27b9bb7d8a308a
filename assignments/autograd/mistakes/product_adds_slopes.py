"""the gradient of a product has its factors' slopes exchanged"""

Value.__mul__ = lambda self, other: _made(
    self.data * _as_value(other).data, (self, _as_value(other)), (self.data, _as_value(other).data)
)
