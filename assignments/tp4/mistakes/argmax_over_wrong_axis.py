"""predict takes the maximum over the examples (axis 0) instead of the classes (axis 1)"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def predict(self, X):
        return np.argmax(self.forward(X), axis=0)
