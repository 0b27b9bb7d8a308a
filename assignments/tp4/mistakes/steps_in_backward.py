"""backward changes the weights already, before step and before the gradient of the input is computed"""


class Linear(Linear):
    def backward(self, out_grad):
        super().backward(out_grad)
        self.W = self.W - self.lr * self.dW
        self.b = self.b - self.lr * self.db
        return out_grad @ self.W.T

    def step(self):
        pass
