"""softmax divides by the largest exponential instead of their sum"""


def softmax(o):
    exponentials = np.exp(o - o.max())
    return exponentials / exponentials.max()
