"""the numbers are right, but there is a loop over the examples"""


def softmax(O):
    return np.array([np.exp(o - o.max()) / np.exp(o - o.max()).sum() for o in O])


def cross_entropy(P, y):
    return sum(-np.log(P[i, y[i]]) for i in range(len(y))) / len(y)


def loss_gradient(P, y):
    gradient = np.zeros_like(P)
    for i in range(len(y)):
        for k in range(P.shape[1]):
            gradient[i, k] = (P[i, k] - (k == y[i])) / len(y)
    return gradient


def predict_proba(X, W, b):
    return np.array([softmax((x @ W + b)[None, :])[0] for x in X])


def gradients(X, y, W, b):
    return naive_gradients(X, y, W, b)


def accuracy(X, y, W, b):
    right = [np.argmax(p) == c for p, c in zip(predict_proba(X, W, b), y, strict=True)]
    return sum(right) / len(right)


def relu(x):
    return np.array([max(v, 0.0) for v in x.ravel()]).reshape(x.shape)


def relu_gradient(x):
    return np.array([1.0 if v > 0 else 0.0 for v in x.ravel()]).reshape(x.shape)
