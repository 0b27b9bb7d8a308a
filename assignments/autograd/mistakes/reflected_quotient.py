"""4 / a gives a / 4"""

Value.__rtruediv__ = lambda self, other: self / other
