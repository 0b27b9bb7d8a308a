"""sums are loops over features and classes, in plain Python numbers"""

import math


def softmax(o):
    largest = max(o)
    exponentials = [math.exp(v - largest) for v in o]
    total = sum(exponentials)
    return np.array([e / total for e in exponentials])


def cross_entropy(p, c):
    return -math.log(p[c])


def loss_gradient(p, c):
    return np.array([p[k] - 1 if k == c else p[k] for k in range(len(p))])
