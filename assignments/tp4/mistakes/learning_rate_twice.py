"""the gradient is multiplied by the learning rate twice"""


class Linear(Linear):
    def step(self):
        self.W -= self.lr**2 * self.dW
        self.b -= self.lr**2 * self.db
