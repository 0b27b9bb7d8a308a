"""db is never computed and stays 0"""


class Linear(Linear):
    def backward(self, out_grad):
        in_grad = super().backward(out_grad)
        self.db = np.zeros_like(self.b)
        return in_grad
