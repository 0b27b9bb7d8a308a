"""the loss is given in float32, the gradients are of float64"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        return np.float32(super().forward(logits, y))
