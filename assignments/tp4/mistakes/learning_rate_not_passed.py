"""the network does not hand its learning rate on to its layers"""


class TwoLayerPerceptron(TwoLayerPerceptron):
    def __init__(self, n_in, n_hidden, n_out, lr=0.1, dropout=0.0, seed=0):
        super().__init__(n_in, n_hidden, n_out, dropout=dropout, seed=seed)
