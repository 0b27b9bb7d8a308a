"""backward takes the derivative at the activation's output instead of its input"""


class Stack(Stack):
    def backward(self, out_grad):
        gradient = self.layers[-1].backward(out_grad)
        for layer, x in zip(reversed(self.layers[:-1]), reversed(self.inputs), strict=True):
            gradient = layer.backward(gradient * self.gradient(self.activation(x)))
        return gradient
