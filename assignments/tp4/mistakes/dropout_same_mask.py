"""dropout uses the same mask in every forward"""


class Dropout(Dropout):
    def forward(self, X):
        self.rng = np.random.default_rng(0)
        return super().forward(X)
