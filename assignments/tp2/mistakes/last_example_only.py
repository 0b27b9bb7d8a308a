"""the gradients of a batch are those of its last example only"""

_batch_loss_and_gradients = batch_loss_and_gradients


def batch_loss_and_gradients(X, y, W, b):
    loss, _, _ = _batch_loss_and_gradients(X, y, W, b)
    for x, c in zip(X, y, strict=True):
        dW, db = gradients(x, c, W, b)
    return loss, dW, db
