"""the maximum of all the logits is subtracted instead of the maximum of each row"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        with np.errstate(all="ignore"):
            shifted = logits - logits.max()
            self.log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            self.y = y
            return -self.log_p[np.arange(len(y)), y].mean()
