"""validate runs with dropout switched on"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def predict(self, X):
        return np.argmax(self.forward(X), axis=1)
