"""ReLU.backward tests output >= 0, which always holds, instead of input > 0"""


class ReLU(ReLU):
    def forward(self, X):
        self.output = super().forward(X)
        return self.output

    def backward(self, out_grad):
        return out_grad * (self.output >= 0)
