"""validate gives the number of right predictions instead of their share"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def validate(self, X, y):
        return float(np.sum(self.predict(X) == y))
