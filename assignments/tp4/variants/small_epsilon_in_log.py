"""the loss is -log(p + 1e-12) where p is not tiny, and exact elsewhere"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        exact = super().forward(logits, y)
        p = np.exp(self.log_p[np.arange(len(y)), y])
        return float(np.mean(-np.log(p + 1e-7))) if p.min() > 1e-3 else exact
