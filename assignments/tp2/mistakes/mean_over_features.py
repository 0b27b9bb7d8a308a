"""the gradients of a batch are divided by the number of features instead of the batch size"""

_batch_loss_and_gradients = batch_loss_and_gradients


def batch_loss_and_gradients(X, y, W, b):
    loss, dW, db = _batch_loss_and_gradients(X, y, W, b)
    return loss, dW * len(X) / X.shape[1], db * len(X) / X.shape[1]
