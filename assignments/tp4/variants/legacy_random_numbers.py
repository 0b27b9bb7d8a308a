"""weights, masks and orders come from the old random generator, and the initial weights are small"""


class Linear(Linear):
    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        super().__init__(n_in, n_out, lr, seed)
        self.W = 0.1 * np.random.RandomState(seed).randn(n_in, n_out)
        self.b = 0.01 * np.random.RandomState(seed + 1).randn(n_out)


class Dropout(Dropout):
    def __init__(self, rate, seed=0):
        super().__init__(rate, seed)
        self.random = np.random.RandomState(seed)

    def forward(self, X):
        self.mask = self.random.binomial(1, 1 - self.rate, size=X.shape) if self.training else 1.0
        self.scale = 1 / (1 - self.rate) if self.training else 1.0
        return X * self.mask * self.scale

    def backward(self, out_grad):
        return out_grad * self.mask * self.scale


def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    np.random.seed(seed)
    accuracies = []
    for _ in range(num_epochs):
        indices = np.arange(X_train.shape[0])
        np.random.shuffle(indices)
        X_shuffled, y_shuffled = X_train[indices], y_train[indices]
        number_of_batches = -(-len(indices) // batch_size)
        for i in range(number_of_batches):
            rows = slice(i * batch_size, min((i + 1) * batch_size, len(indices)))
            net.forward(X_shuffled[rows])
            net.loss(y_shuffled[rows])
            net.backward()
            net.step()
        accuracies += [net.validate(X_val, y_val)]
    return accuracies
