import numpy as np


def Softmax(O):
    return O
