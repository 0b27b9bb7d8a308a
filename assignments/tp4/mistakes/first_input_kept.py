"""backward uses the input of the first forward instead of the last one"""


class Linear(Linear):
    def forward(self, X):
        first = getattr(self, "X", X)
        Z = super().forward(X)
        self.X = first
        return Z
