"""norms as an array, patterns counted by a set"""


def gradient_norms(stack, X, out_grad):
    stack.forward(X)
    stack.backward(out_grad)
    return np.array([np.sqrt((layer.dW**2).sum()) for layer in stack.layers])


def count_regions(X, W, b):
    return len({tuple(row) for row in (X @ W + b > 0).tolist()})
