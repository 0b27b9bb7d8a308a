"""the network keeps its modules in a list and has more members than were asked for"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def __init__(self, n_in, n_hidden, n_out, lr=0.1, dropout=0.0, seed=0):
        self.history = []
        self.modules = [Linear(n_in, n_hidden, lr, seed), ReLU(), Linear(n_hidden, n_out, lr, seed + 10)]
        if dropout > 0:
            self.modules.insert(1, Dropout(dropout, seed))
        self.fc1, self.fc2 = self.modules[0], self.modules[-1]
        self.cost = SoftmaxCrossEntropy()

    def forward(self, X):
        for module in self.modules:
            X = module.forward(X)
        self.scores = X
        return self.scores

    def loss(self, y):
        self.history.append(self.cost.forward(self.scores, y))
        return self.history[-1]

    def backward(self):
        gradient = self.cost.backward()
        for module in reversed(self.modules):
            gradient = module.backward(gradient)

    def step(self):
        for module in self.modules:
            if isinstance(module, Linear):
                module.step()

    def set_training(self, training):
        for module in self.modules:
            if isinstance(module, Dropout):
                module.training = training

    def predict(self, X):
        self.set_training(False)
        classes = self.forward(X).argmax(1)
        self.set_training(True)
        return classes

    def validate(self, X, y):
        return np.count_nonzero(self.predict(X) == y) / X.shape[0]
