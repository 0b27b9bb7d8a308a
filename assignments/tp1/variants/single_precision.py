"""results in single precision"""

_predict = predict


def predict(X, w):
    return _predict(X, w).astype(np.float32)


def loss_gradient(X, y, w):
    return (add_bias(X).T @ (add_bias(X) @ w - y) / len(y)).astype(np.float32)
