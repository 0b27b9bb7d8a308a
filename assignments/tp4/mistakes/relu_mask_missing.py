"""ReLU.backward lets the whole gradient pass"""


class ReLU(ReLU):
    def backward(self, out_grad):
        return out_grad.copy()
