"""the gradient is multiplied by the learning rate twice"""

_train = train


def train(X, y, num_epochs, batch_size, lr, seed):
    return _train(X, y, num_epochs, batch_size, lr**2, seed)
