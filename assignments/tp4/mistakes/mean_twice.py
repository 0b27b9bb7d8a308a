"""the gradients are divided by the batch size twice: in the loss and again in Linear.backward"""


class Linear(Linear):
    def backward(self, out_grad):
        in_grad = super().backward(out_grad)
        self.dW = self.dW / len(out_grad)
        self.db = self.db / len(out_grad)
        return in_grad
