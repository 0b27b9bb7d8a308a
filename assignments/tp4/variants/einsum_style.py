"""products are written with einsum and with flat loops over nothing"""


class Linear(Linear):
    def forward(self, X):
        self.X = np.array(X)
        return np.einsum("ij,jk->ik", X, self.W) + self.b[None, :]

    def backward(self, out_grad):
        self.dW = np.einsum("ni,nk->ik", self.X, out_grad)
        self.db = np.einsum("nk->k", out_grad)
        return np.einsum("nk,ik->ni", out_grad, self.W)

    def step(self):
        self.W = self.W - self.lr * self.dW
        self.b = self.b - self.lr * self.db
