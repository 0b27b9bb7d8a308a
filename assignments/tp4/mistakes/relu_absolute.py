"""ReLU.forward gives the absolute value"""


class ReLU(ReLU):
    def forward(self, X):
        super().forward(X)
        return np.abs(X)
