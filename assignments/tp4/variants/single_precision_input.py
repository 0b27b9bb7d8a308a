"""the input is rounded to float32, the gradients are of float64"""


class Linear(Linear):
    def forward(self, X):
        return super().forward(np.asarray(X, dtype=np.float32))
