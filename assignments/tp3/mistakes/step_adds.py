"""train adds lr times the gradient instead of subtracting it"""

_train = train


def train(X, y, num_epochs, batch_size, lr, seed):
    return _train(X, y, num_epochs, batch_size, -lr, seed)
