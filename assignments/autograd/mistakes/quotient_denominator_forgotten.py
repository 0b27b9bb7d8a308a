"""the denominator of a quotient gets no gradient"""


def _divide(self, other):
    other = _as_value(other)
    return _made(self.data / other.data, (self, other), (1 / other.data, 0.0))


Value.__truediv__ = _divide
