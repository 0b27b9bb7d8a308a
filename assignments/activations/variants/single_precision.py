"""results in single precision"""

_sigmoid_gradient, _softmax, _collapse = sigmoid_gradient, softmax, collapse


def sigmoid_gradient(x):
    return _sigmoid_gradient(x).astype(np.float32)


def softmax(O):
    return _softmax(O).astype(np.float32)


def collapse(W1, b1, W2, b2):
    W, b = _collapse(W1, b1, W2, b2)
    return W.astype(np.float32), b.astype(np.float32).reshape(1, -1)
