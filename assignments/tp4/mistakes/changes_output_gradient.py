"""ReLU.backward writes its zeros into the gradient that it is given"""


class ReLU(ReLU):
    def backward(self, out_grad):
        out_grad[~self.is_positive] = 0.0
        return out_grad
