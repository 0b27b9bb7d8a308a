"""the initial weights are standard normal numbers"""


class Linear(Linear):
    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        super().__init__(n_in, n_out, lr, seed)
        self.W = np.random.default_rng(seed).standard_normal((n_in, n_out))
