"""the gradient of a product is that of a sum"""

Value.__mul__ = lambda self, other: _made(
    self.data * _as_value(other).data, (self, _as_value(other)), (1.0, 1.0)
)
