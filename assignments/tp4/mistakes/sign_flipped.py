"""the gradient of the loss has the opposite sign: Y - P instead of P - Y"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def backward(self):
        return -super().backward()
