"""the maximum is not subtracted from the logits before the exponential"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        with np.errstate(all="ignore"):
            exponentials = np.exp(logits)
            self.log_p = np.log(exponentials / exponentials.sum(axis=1, keepdims=True))
            self.y = y
            return -self.log_p[np.arange(len(y)), y].mean()
