"""ReLU is applied to the scores of the last layer too"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def forward(self, X):
        self.logits = np.maximum(super().forward(X), 0.0)
        return self.logits
