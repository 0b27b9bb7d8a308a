"""backward takes the inputs of the activations in the order of forward"""


class Stack(Stack):
    def backward(self, out_grad):
        gradient = self.layers[-1].backward(out_grad)
        for layer, x in zip(reversed(self.layers[:-1]), self.inputs, strict=True):
            gradient = layer.backward(gradient * self.gradient(x))
        return gradient
