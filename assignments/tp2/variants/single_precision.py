"""everything is computed in float32"""

_train = train


def softmax(o):
    o = np.asarray(o, dtype=np.float32)
    exponentials = np.exp(o - o.max())
    return exponentials / exponentials.sum()


def predict_proba(x, W, b):
    return softmax(x.astype(np.float32) @ W.astype(np.float32) + b.astype(np.float32))


def gradients(x, c, W, b):
    g = loss_gradient(predict_proba(x, W, b), c).astype(np.float32)
    return np.outer(x.astype(np.float32), g), g


def batch_loss_and_gradients(X, y, W, b):
    n = np.float32(len(X))
    loss = sum(cross_entropy(predict_proba(x, W, b), c) for x, c in zip(X, y, strict=True)) / n
    both = [gradients(x, c, W, b) for x, c in zip(X, y, strict=True)]
    return np.float32(loss), sum(g[0] for g in both) / n, sum(g[1] for g in both) / n


def train(X, y, num_epochs, batch_size, lr, seed):
    W, b = _train(X, y, num_epochs, batch_size, lr, seed)
    return W.astype(np.float32), b.astype(np.float32)
