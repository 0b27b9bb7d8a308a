"""1e-7 is added to the probability inside the logarithm, which hides an underflow instead of avoiding it"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        super().forward(logits, y)
        return -np.mean(np.log(np.exp(self.log_p[np.arange(len(y)), y]) + 1e-7))
