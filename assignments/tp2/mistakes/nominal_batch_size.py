"""the sum of the gradients is divided by batch_size even where the last batch is shorter"""


def train(X, y, num_epochs, batch_size, lr, seed):
    W, b = np.zeros((X.shape[1], int(np.max(y)) + 1)), np.zeros(int(np.max(y)) + 1)
    for epoch in range(num_epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, seed + epoch):
            _, dW, db = batch_loss_and_gradients(X_batch, y_batch, W, b)
            W = W - lr * dW * len(X_batch) / batch_size
            b = b - lr * db * len(X_batch) / batch_size
    return W, b
