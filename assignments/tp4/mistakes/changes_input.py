"""ReLU writes its zeros into its arguments"""


class ReLU(ReLU):
    def forward(self, X):
        self.is_positive = X > 0
        X[~self.is_positive] = 0.0
        return X

    def backward(self, out_grad):
        out_grad[~self.is_positive] = 0.0
        return out_grad
