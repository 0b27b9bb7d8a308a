"""train returns the accuracy on the examples that it trains with"""

_train = train


def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    return _train(net, X_train, y_train, X_train, y_train, num_epochs, batch_size, seed)
