"""the loss of a batch is the sum instead of the mean"""

_batch_loss_and_gradients = batch_loss_and_gradients


def batch_loss_and_gradients(X, y, W, b):
    loss, dW, db = _batch_loss_and_gradients(X, y, W, b)
    return loss * len(X), dW, db
