"""the bends have the wrong sign: b / w for -b / w"""


def bends(w, b):
    turns = w != 0
    return np.sort(b[turns] / w[turns])
