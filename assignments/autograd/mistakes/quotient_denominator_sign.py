"""the gradient of a quotient in its denominator lacks the minus"""


def _divide(self, other):
    other = _as_value(other)
    return _made(self.data / other.data, (self, other), (1 / other.data, self.data / other.data**2))


Value.__truediv__ = _divide
