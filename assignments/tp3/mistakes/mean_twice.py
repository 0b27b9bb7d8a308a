"""the gradients are divided by the batch size twice: in loss_gradient and again in gradients"""

_gradients = gradients


def gradients(X, y, W, b):
    dW, db = _gradients(X, y, W, b)
    return dW / len(y), db / len(y)
