"""the stack has one hidden layer, whatever the sizes"""


class Stack(Stack):
    def __init__(self, sizes, activation="relu", scheme="he", lr=0.1, seed=0):
        super().__init__([sizes[0], sizes[1], sizes[-1]], activation, scheme, lr, seed)
