"""the loss adds -log p of every class instead of that of the right class"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        super().forward(logits, y)
        return -self.log_p.sum(axis=1).mean()
