"""ReLU.backward passes the gradient where the input was below 0"""


class ReLU(ReLU):
    def backward(self, out_grad):
        return out_grad * ~self.is_positive
