"""the number of classes is taken from the labels present in the batch"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def backward(self):
        one_hot = np.eye(self.y.max() + 1)[self.y]
        return (np.exp(self.log_p) - one_hot) / len(self.y)
