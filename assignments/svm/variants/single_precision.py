"""results in single precision"""

_hinge_gradient, _regularised_gradient, _softmax = hinge_gradient, regularised_gradient, softmax


def hinge_gradient(S, y):
    return _hinge_gradient(S, y).astype(np.float32)


def softmax(s):
    return _softmax(s).astype(np.float32)


def regularised_gradient(X, y, W, b, strength):
    dW, db = _regularised_gradient(X, y, W, b, strength)
    return dW.astype(np.float32), db.astype(np.float32)
