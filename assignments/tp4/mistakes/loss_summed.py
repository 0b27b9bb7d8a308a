"""the loss is the sum over the batch instead of the mean"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        return super().forward(logits, y) * len(y)
