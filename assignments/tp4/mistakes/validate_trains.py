"""validate takes a step of gradient descent"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def validate(self, X, y):
        accuracy = super().validate(X, y)
        self.forward(X)
        self.loss(y)
        self.backward()
        self.step()
        return accuracy
