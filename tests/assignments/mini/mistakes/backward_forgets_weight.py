"""the weight is forgotten in the chain rule"""


class Scale(Scale):
    def backward(self, out_grad):
        return out_grad
