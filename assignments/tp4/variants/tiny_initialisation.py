"""the initial weights are 0.01 times standard normal numbers"""


class Linear(Linear):
    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        super().__init__(n_in, n_out, lr, seed)
        self.W = 0.01 * np.random.default_rng(seed).standard_normal((n_in, n_out))
