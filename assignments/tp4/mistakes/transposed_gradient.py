"""dW is transposed, as on the lecture's slide: (gradient of the output)ᵀ · input"""


class Linear(Linear):
    def backward(self, out_grad):
        in_grad = super().backward(out_grad)
        self.dW = out_grad.T @ self.X
        return in_grad
