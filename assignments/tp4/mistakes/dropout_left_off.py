"""validate switches dropout off and never on again"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def predict(self, X):
        self.dropout.training = False
        return np.argmax(self.forward(X), axis=1)
