"""dropout draws another mask in backward"""


class Dropout(Dropout):
    def backward(self, out_grad):
        if not self.training:
            return out_grad
        return out_grad * (self.rng.random(out_grad.shape) >= self.rate) / (1.0 - self.rate)
