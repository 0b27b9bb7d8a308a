"""dropout does not divide what it keeps by 1 - rate"""


class Dropout(Dropout):
    def forward(self, X):
        super().forward(X)
        self.factor = (self.factor > 0).astype(float)
        return X * self.factor
