"""the norms are those of the weights, not of their gradients"""


def gradient_norms(stack, X, out_grad):
    return [float(np.linalg.norm(layer.W)) for layer in stack.layers]
