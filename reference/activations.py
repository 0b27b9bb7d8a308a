# %% [markdown]
# # Going deeper: activations, initialisation, depth
#
# More layers make richer functions, if the gradient still reaches the first of them. Whether it does is
# decided by the activation and by the scale of the initial weights. Measure it.
#
# | symbol | shape | meaning |
# | --- | --- | --- |
# | `x` | any | input of an activation, entry by entry |
# | `O` | `(n, q)` | logits, one row per example |
# | `X` | `(n, d)` | `n` examples with `d` features |
# | `W`, `b` | `(n_in, n_out)`, `(n_out,)` | weights and biases of a layer |
#
# Rules: keep the names and the arguments; add as many functions, classes and members of your own as you
# like; a function must not change its arguments; logarithms are natural; import nothing but `numpy`, the
# standard library, `matplotlib` and, for data, `sklearn.datasets` and `sklearn.model_selection`.

# %%
from itertools import pairwise

import numpy as np

# %% [markdown]
# ## 1. Activations and their derivatives
#
# $$\sigma(x) = \frac{1}{1 + e^{-x}}, \quad \sigma' = \sigma (1 - \sigma) \qquad
# \tanh' = 1 - \tanh^2 \qquad \text{ReLU}(x) = \max(x, 0)$$
#
# At 0 any slope from 0 to 1 is accepted for ReLU.


# %%
def sigmoid(x):
    """1 / (1 + exp(-x)) entry by entry; right up to ±1e4.

    References
    ----------
    Goodfellow, Bengio, Courville, Deep Learning, sections 3.10 and 6.3.2.
    """
    # BEGIN SOLUTION
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1.0, e) / (1.0 + e)
    # END SOLUTION


def sigmoid_gradient(x):
    """Derivative of the sigmoid at `x`, entry by entry."""
    # BEGIN SOLUTION
    return sigmoid(x) * sigmoid(-x)
    # END SOLUTION


def tanh(x):
    """Hyperbolic tangent, entry by entry; `np.tanh` is allowed."""
    # BEGIN SOLUTION
    return np.tanh(x)
    # END SOLUTION


def tanh_gradient(x):
    """Derivative of tanh at `x`, entry by entry."""
    # BEGIN SOLUTION
    return 1.0 - np.tanh(x) ** 2
    # END SOLUTION


def relu(x):
    """max(x, 0) entry by entry.

    References
    ----------
    Goodfellow et al., section 6.3.1.
    """
    # BEGIN SOLUTION
    return np.maximum(x, 0.0)
    # END SOLUTION


def relu_gradient(x):
    """1 where x > 0, 0 where x < 0; at 0 any value in [0, 1]."""
    # BEGIN SOLUTION
    return (x > 0).astype(float)
    # END SOLUTION


# %% [markdown]
# The derivative of softmax is a matrix: every probability depends on every logit.
#
# $$\frac{\partial p_i}{\partial o_j} = p_i (\delta_{ij} - p_j)$$


# %%
def softmax(O):
    """Probabilities of each row, (n, q) → (n, q); right for logits up to ±1e4."""
    # BEGIN SOLUTION
    e = np.exp(O - O.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    # END SOLUTION


def softmax_jacobian(o):
    """Matrix (q, q) of the derivatives of the probabilities (rows) in the logits (columns) of one example.

    References
    ----------
    d2l.ai, section 4.1 (exercise); Goodfellow et al., section 6.2.2.3.
    """
    # BEGIN SOLUTION
    p = softmax(o[None, :])[0]
    return np.diag(p) - np.outer(p, p)
    # END SOLUTION


# %% [markdown]
# Where an activation is flat, nothing is learned: it is *saturated*.


# %%
def saturated_share(x, activation):
    """Share of the entries of `x` where the activation's derivative is below 0.01, a float in [0, 1].

    `activation` is "sigmoid", "tanh" or "relu".
    """
    # BEGIN SOLUTION
    return float(np.mean(_GRADIENTS[activation](x) < 0.01))


_ACTIVATIONS = {"sigmoid": sigmoid, "tanh": tanh, "relu": relu}
_GRADIENTS = {"sigmoid": sigmoid_gradient, "tanh": tanh_gradient, "relu": relu_gradient}
# END SOLUTION

# %% [markdown]
# ## 2. Initial weights
#
# Weights are drawn at random with mean 0. What matters is their variance:
#
# | scheme | variance | keeps |
# | --- | --- | --- |
# | `"gaussian"` | 0.01² | nothing: the signal dies in a deep network |
# | `"xavier"` | 2 / (n_in + n_out) | the scale of signal and gradient, for tanh and sigmoid |
# | `"he"` | 2 / n_in | the scale of the signal behind ReLU |


# %%
def initialise(n_in, n_out, scheme, seed):
    """Random weights (n_in, n_out) with mean 0 and the variance of the scheme; same seed, same weights.

    References
    ----------
    Glorot & Bengio 2010; He et al. 2015, arXiv:1502.01852.
    """
    # BEGIN SOLUTION
    deviation = {"gaussian": 0.01, "xavier": np.sqrt(2.0 / (n_in + n_out)), "he": np.sqrt(2.0 / n_in)}[scheme]
    return np.random.default_rng(seed).normal(scale=deviation, size=(n_in, n_out))
    # END SOLUTION


# %% [markdown]
# ## 3. A stack of layers
#
# The linear layer of TP4 is given. Build a network with any number of hidden layers from it:
# linear, activation, linear, activation, …, linear. After the last one there is **no** activation.


# %%
class Linear:
    """Affine map of each row, Z = X W + b, as in TP4. Given: nothing to do here."""

    def __init__(self, W, lr=0.1):
        self.W, self.b, self.lr = W, np.zeros(W.shape[1]), lr
        self.dW, self.db = np.zeros_like(self.W), np.zeros_like(self.b)

    def forward(self, X):
        """Output (n, n_out) for an input (n, n_in)."""
        self.X = X
        return X @ self.W + self.b

    def backward(self, out_grad):
        """Stores `dW` and `db`; gives the gradient in the input from that in the output."""
        self.dW, self.db = self.X.T @ out_grad, out_grad.sum(axis=0)
        return out_grad @ self.W.T

    def step(self):
        """Moves `W` by -lr dW and `b` by -lr db."""
        self.W, self.b = self.W - self.lr * self.dW, self.b - self.lr * self.db


# %%
class Stack:
    """Network of any depth.

    Parameters
    ----------
    sizes : list of int
        Features, units of each hidden layer, classes: [2, 16, 16, 3] has two hidden layers.
    activation : str
        Between the layers: "relu", "tanh" or "sigmoid".
    scheme : str
        Of `initialise`; each layer has weights of its own.
    lr : float
        Learning rate.
    seed : int

    Attributes
    ----------
    layers : list of Linear, len(sizes) - 1 of them

    References
    ----------
    Goodfellow et al., chapter 6; d2l.ai, sections 5.1 and 5.4.
    """

    def __init__(self, sizes, activation="relu", scheme="he", lr=0.1, seed=0):
        # BEGIN SOLUTION
        self.layers = [
            Linear(initialise(n_in, n_out, scheme, seed + i), lr)
            for i, (n_in, n_out) in enumerate(pairwise(sizes))
        ]
        self.activation, self.gradient = _ACTIVATIONS[activation], _GRADIENTS[activation]
        # END SOLUTION

    def forward(self, X):
        """Logits (n, classes)."""
        # BEGIN SOLUTION
        self.inputs = []  # of the activations
        for layer in self.layers[:-1]:
            self.inputs.append(layer.forward(X))
            X = self.activation(self.inputs[-1])
        return self.layers[-1].forward(X)
        # END SOLUTION

    def backward(self, out_grad):
        """Stores the gradients in the layers; gives the gradient in X (n, d) from that in the logits."""
        # BEGIN SOLUTION
        gradient = self.layers[-1].backward(out_grad)
        for layer, x in zip(reversed(self.layers[:-1]), reversed(self.inputs), strict=True):
            gradient = layer.backward(gradient * self.gradient(x))
        return gradient
        # END SOLUTION

    def step(self):
        """One step of gradient descent for all layers."""
        # BEGIN SOLUTION
        for layer in self.layers:
            layer.step()
        # END SOLUTION


# %% [markdown]
# ## 4. Vanishing gradients
#
# The gradient of an early layer is a product over all the later ones. With sigmoids each factor is at most
# 1/4: look at the norms, from the first layer to the last.


# %%
def gradient_norms(stack, X, out_grad):
    """Euclidean norms of the layers' gradients `dW`, first to last, after a forward and a backward pass.

    Returns
    -------
    list of float, one per layer
    """
    # BEGIN SOLUTION
    stack.forward(X)
    stack.backward(out_grad)
    return [float(np.linalg.norm(layer.dW)) for layer in stack.layers]
    # END SOLUTION


# %% [markdown]
# ## 5. Dropout
#
# Each entry is set to zero with probability `rate`; the others are divided by `1 - rate`, so that the mean
# stays what it was.


# %%
def dropout(H, rate, seed):
    """Activations with some set to zero, and what each was multiplied with.

    Returns
    -------
    tuple (output, factor), both of the shape of `H`
        `factor` is 0 or 1 / (1 - rate), drawn anew for each entry, and output = H * factor. The same seed
        gives the same factor.

    References
    ----------
    Srivastava et al. 2014; Goodfellow et al., section 7.12.
    """
    # BEGIN SOLUTION
    factor = (np.random.default_rng(seed).random(H.shape) >= rate) / (1.0 - rate)
    return H * factor, factor
    # END SOLUTION


# %% [markdown]
# ## 6. Why an activation at all?
#
# Two linear layers without one are a single linear layer. Which?


# %%
def collapse(W1, b1, W2, b2):
    """`(W, b)` of the one layer that does what two linear layers in a row do.

    Parameters
    ----------
    W1, b1 : arrays, shapes (d, h) and (h,)
        Of the first layer.
    W2, b2 : arrays, shapes (h, q) and (q,)
        Of the second.

    Returns
    -------
    tuple of arrays, shapes (d, q) and (q,)
    """
    # BEGIN SOLUTION
    return W1 @ W2, b1 @ W2 + b2
    # END SOLUTION


# %% [markdown]
# With ReLU between them the function is piecewise linear. On a line, unit $j$ bends it where
# $w_j x + b_j = 0$. In the plane each unit draws a line, and the lines cut the plane into regions; in each
# region the same units are on.


# %%
def bends(w, b):
    """Places where a network of ReLU units relu(w_j x + b_j) on the line bends, in ascending order.

    Parameters
    ----------
    w, b : arrays, shape (h,)
        A unit with w_j = 0 never bends.

    Returns
    -------
    array, shape (number of units with w_j != 0,)
    """
    # BEGIN SOLUTION
    turns = w != 0
    return np.sort(-b[turns] / w[turns])
    # END SOLUTION


def count_regions(X, W, b):
    """Number of different patterns of units that are on (X W + b > 0) among the examples, an int.

    References
    ----------
    Montúfar et al. 2014, arXiv:1402.1869.
    """
    # BEGIN SOLUTION
    return len(np.unique(X @ W + b > 0, axis=0))
    # END SOLUTION


# %% [markdown]
# ## 7. See it
#
# The norm of the gradient by layer, for each activation with the initialisation that suits it and with one
# that does not; then the regions of five units in the plane.

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    X, out_grad = rng.normal(size=(100, 50)), rng.normal(size=(100, 10)) / 100
    sizes = [50, *[50] * 9, 10]
    for activation, scheme in (
        ("sigmoid", "xavier"),
        ("tanh", "xavier"),
        ("relu", "he"),
        ("relu", "gaussian"),
    ):
        norms = gradient_norms(Stack(sizes, activation, scheme), X, out_grad)
        plt.semilogy(range(1, len(norms) + 1), norms, "o-", label=f"{activation}, {scheme}")
    plt.xlabel("layer")
    plt.ylabel("norm of dW")
    plt.legend()
    plt.show()

    across, up = np.meshgrid(np.linspace(-2, 2, 300), np.linspace(-2, 2, 300))
    plane = np.column_stack([across.ravel(), up.ravel()])
    W, b = rng.normal(size=(2, 5)), rng.normal(size=5)
    pattern = (plane @ W + b > 0) @ (2 ** np.arange(5))
    plt.imshow(pattern.reshape(across.shape), origin="lower", extent=(-2, 2, -2, 2), cmap="tab20")
    plt.title(f"{count_regions(plane, W, b)} regions")
    plt.show()
