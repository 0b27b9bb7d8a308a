"""log(1 + e^z) overflows for large logits"""


def loss(X, y, w, b):
    z = X @ w + b
    return float(np.mean(np.log(1 + np.exp(z)) - y * z))
