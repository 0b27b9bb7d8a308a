"""plain numbers are not accepted on the left"""

del Value.__radd__, Value.__rmul__, Value.__rsub__, Value.__rtruediv__
