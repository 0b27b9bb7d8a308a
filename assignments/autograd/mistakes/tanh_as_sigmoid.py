"""tanh is computed as a sigmoid"""


def _tanh(self):
    p = 1 / (1 + math.exp(-self.data))
    return _made(p, (self,), (p * (1 - p),))


Value.tanh = _tanh
