"""the derivative of ReLU at 0 is 1/2"""


class ReLU(ReLU):
    def forward(self, X):
        self.slope = np.heaviside(X, 0.5)
        return (X + abs(X)) / 2

    def backward(self, out_grad):
        return self.slope * out_grad
