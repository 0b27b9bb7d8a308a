import numpy as np


def softmax(o):
    e = np.exp(o - np.max(o))
    return e / e.sum()


def relu(x):
    return np.maximum(x, 0)
import argparse, sys
parser = argparse.ArgumentParser()
parser.add_argument('--n', type=int, default=3)
args = parser.parse_args()
line = sys.stdin.readline()
def n():
    return args.n
