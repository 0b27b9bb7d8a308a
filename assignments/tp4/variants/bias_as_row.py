"""biases and their gradients are rows of shape (1, n_out)"""


class Linear(Linear):
    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        super().__init__(n_in, n_out, lr, seed)
        self.b = np.zeros((1, n_out))

    def backward(self, out_grad):
        in_grad = super().backward(out_grad)
        self.db = out_grad.sum(axis=0, keepdims=True)
        return in_grad
