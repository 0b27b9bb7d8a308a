"""ReLU.backward multiplies by the output instead of by 0 or 1"""


class ReLU(ReLU):
    def forward(self, X):
        self.output = super().forward(X)
        return self.output

    def backward(self, out_grad):
        return out_grad * self.output
