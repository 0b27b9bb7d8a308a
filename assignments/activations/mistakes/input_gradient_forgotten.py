"""backward returns nothing"""


class Stack(Stack):
    def backward(self, out_grad):
        super().backward(out_grad)
