"""backward stops before the first layer"""


class Stack(Stack):
    def backward(self, out_grad):
        before = self.layers[0].dW, self.layers[0].db
        gradient = super().backward(out_grad)
        self.layers[0].dW, self.layers[0].db = before
        return gradient
