"""a stack that walks through a list of modules"""


class Activation:
    def __init__(self, name):
        self.f, self.slope = _ACTIVATIONS[name], _GRADIENTS[name]

    def forward(self, x):
        self.x = x
        return self.f(x)

    def backward(self, out_grad):
        return out_grad * self.slope(self.x)

    def step(self):
        pass


class Stack:
    def __init__(self, sizes, activation="relu", scheme="he", lr=0.1, seed=0):
        self.layers, self.modules = [], []
        for i in range(len(sizes) - 1):
            self.layers.append(Linear(initialise(sizes[i], sizes[i + 1], scheme, 100 * seed + i), lr))
            self.modules += [self.layers[-1], Activation(activation)]
        self.modules.pop()

    def forward(self, X):
        for module in self.modules:
            X = module.forward(X)
        return X

    def backward(self, out_grad):
        for module in self.modules[::-1]:
            out_grad = module.backward(out_grad)
        return out_grad

    def step(self):
        for module in self.modules:
            module.step()
