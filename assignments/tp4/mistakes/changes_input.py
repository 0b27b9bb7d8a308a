"""ReLU.forward writes its zeros into its argument"""


class ReLU(ReLU):
    def forward(self, X):
        self.is_positive = X > 0
        X[~self.is_positive] = 0.0
        return X
