"""each layer starts from the same seed, so that equal shapes have equal weights"""

from itertools import pairwise


class Stack(Stack):
    def __init__(self, sizes, activation="relu", scheme="he", lr=0.1, seed=0):
        super().__init__(sizes, activation, scheme, lr, seed)
        self.layers = [Linear(initialise(n_in, n_out, scheme, seed), lr) for n_in, n_out in pairwise(sizes)]
