"""a unit with weight 0 is counted among the bends"""


def bends(w, b):
    with np.errstate(divide="ignore"):
        return np.sort(-b / w)
