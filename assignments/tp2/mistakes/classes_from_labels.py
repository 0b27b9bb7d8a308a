"""the number of classes is the number of different labels present in y"""


def train(X, y, num_epochs, batch_size, lr, seed):
    classes, y = np.unique(y, return_inverse=True)
    W, b = np.zeros((X.shape[1], len(classes))), np.zeros(len(classes))
    for epoch in range(num_epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, seed + epoch):
            _, dW, db = batch_loss_and_gradients(X_batch, y_batch, W, b)
            W, b = W - lr * dW, b - lr * db
    return W, b
