"""2 - a gives a - 2"""

Value.__rsub__ = lambda self, other: self - other
