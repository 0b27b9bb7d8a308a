"""the bends are at -w / b instead of -b / w"""


def bends(w, b):
    turns = w != 0
    return np.sort(-w[turns] / b[turns])
