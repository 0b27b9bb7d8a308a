"""the bias is not added in forward"""


class Linear(Linear):
    def forward(self, X):
        self.X = X
        return X @ self.W
