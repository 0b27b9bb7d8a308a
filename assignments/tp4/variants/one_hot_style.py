"""labels become one-hot rows, and sums run over all entries"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        self.Y = np.eye(logits.shape[1])[y]
        maximum = np.amax(logits, axis=-1)[:, None]
        log_sum = maximum + np.log(np.sum(np.exp(logits - maximum), axis=-1)[:, None])
        self.P = np.exp(logits - log_sum)
        return np.sum(self.Y * (log_sum - logits)) / logits.shape[0]

    def backward(self):
        return np.divide(self.P - self.Y, self.Y.shape[0])
