"""the bends are in the order of the units"""


def bends(w, b):
    turns = w != 0
    return -b[turns] / w[turns]
