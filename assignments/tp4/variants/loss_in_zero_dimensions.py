"""the loss is a 0-d array and predicted classes are float"""


class SoftmaxCrossEntropy(SoftmaxCrossEntropy):
    def forward(self, logits, y):
        return np.array(super().forward(logits, y))


class TwoLayerPerceptron(TwoLayerPerceptron):
    def predict(self, X):
        return super().predict(X).astype(float)

    def validate(self, X, y):
        return (self.predict(X) == y).mean()
