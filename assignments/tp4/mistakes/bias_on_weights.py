"""the bias is added to the weights, X @ (W + b), which zero biases hide"""


class Linear(Linear):
    def forward(self, X):
        self.X = X
        return X @ (self.W + self.b)
