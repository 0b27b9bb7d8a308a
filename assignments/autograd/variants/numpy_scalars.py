"""numbers and gradients as NumPy scalars"""

import numpy as np

_made_plain = _made


def _made(data, parents, slopes):
    value = _made_plain(data, parents, slopes)
    value.data, value.grad = np.float64(data), np.float64(0)
    return value
