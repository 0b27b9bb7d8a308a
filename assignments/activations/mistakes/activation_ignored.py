"""the stack always uses ReLU"""


class Stack(Stack):
    def __init__(self, sizes, activation="relu", scheme="he", lr=0.1, seed=0):
        super().__init__(sizes, "relu", scheme, lr, seed)
