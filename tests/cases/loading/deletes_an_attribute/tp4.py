import numpy as np


class Linear:
    def forward(self, X):
        return X

    def backward(self, X):
        return X


del Linear.backward


def softmax(o):
    return np.exp(o) / np.exp(o).sum()
