"""the initial weights are uniform, as Glorot and Bengio have them"""


class Linear(Linear):
    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        super().__init__(n_in, n_out, lr, seed)
        limit = np.sqrt(6 / (n_in + n_out))
        self.W = np.random.default_rng(seed).uniform(-limit, limit, (n_in, n_out))
