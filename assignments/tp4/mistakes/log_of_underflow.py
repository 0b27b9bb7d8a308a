"""the logarithm is taken of a probability that has underflowed to 0"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        P = exponentials / exponentials.sum(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            self.log_p = np.log(P)
        self.y = y
        return -self.log_p[np.arange(len(y)), y].mean()
