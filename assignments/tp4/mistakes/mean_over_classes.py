"""the gradient of the loss is divided by the number of classes instead of the batch size"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def backward(self):
        n, q = self.log_p.shape
        return super().backward() * n / q
