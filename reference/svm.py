# %% [markdown]
# # Linear classifiers and their losses
#
# A linear classifier gives each class a score, `S = X W + b`. A loss says how bad the scores are, a penalty
# keeps the weights small, and then one searches for better weights: blindly, or downhill.
#
# | symbol | shape | meaning |
# | --- | --- | --- |
# | `X` | `(n, d)` | `n` examples with `d` features |
# | `y` | `(n,)` | their classes, `0 <= y[i] < q` |
# | `W`, `b` | `(d, q)`, `(q,)` | weights and biases |
# | `S` | `(n, q)` | scores, one row per example |
# | `s`, `c` | `(q,)`, integer | scores and class of one example |
#
# Rules: keep the names and the arguments of the functions; add as many functions of your own as you like; a
# function must not change its arguments; logarithms are natural; import nothing but `numpy`, the standard
# library, `matplotlib` and, for data, `sklearn.datasets` and `sklearn.model_selection`.

# %%
import numpy as np

# %% [markdown]
# ## 1. Hinge loss
#
# The score of the right class should be above each other by at least 1:
#
# $$L_i = \sum_{j \ne y_i} \max(0,\; s_j - s_{y_i} + 1) \qquad L = \frac{1}{n} \sum_i L_i$$
#
# The right class itself is left out of the sum. The lecture's three examples have the losses 2.9, 0 and 12.9.


# %%
def hinge_loss_one(s, c):
    """Hinge loss of one example with scores `s` (q,) and class `c`, a float.

    References
    ----------
    Weston & Watkins 1999; Stanford CS231n notes, "Linear classification".
    """
    # BEGIN SOLUTION
    margins = np.maximum(0.0, s - s[c] + 1.0)
    margins[c] = 0.0
    return float(margins.sum())
    # END SOLUTION


# %% [markdown]
# For a whole batch, without a Python loop over examples. A comprehension, `map` and `np.vectorize` are loops
# too: the Python instructions that your function executes are counted.


# %%
def hinge_loss(S, y):
    """Mean hinge loss of scores (n, q) and classes (n,), a float, without a loop over examples."""
    # BEGIN SOLUTION
    return float(margins_of(S, y).sum() / len(y))


def margins_of(S, y):
    """max(0, s_j - s_y + 1) of each example and class, 0 for the right class, shape (n, q)."""
    rows = np.arange(len(y))
    margins = np.maximum(0.0, S - S[rows, y][:, None] + 1.0)
    margins[rows, y] = 0.0
    return margins
    # END SOLUTION


def squared_hinge_loss(S, y):
    """Mean over the examples of the sum of the **squared** margins, a float."""
    # BEGIN SOLUTION
    return float((margins_of(S, y) ** 2).sum() / len(y))
    # END SOLUTION


# %% [markdown]
# ## 2. Gradients in the scores
#
# Each positive margin pulls its own score down by 1 and the right class's score up by 1. At a margin of
# exactly 0 the hinge has a kink, and anything between is a subgradient.


# %%
def hinge_gradient(S, y):
    """Gradient of `hinge_loss` in the scores, shape (n, q); the division by n is in here."""
    # BEGIN SOLUTION
    return _pulled((margins_of(S, y) > 0).astype(float), y)
    # END SOLUTION


def squared_hinge_gradient(S, y):
    """Gradient of `squared_hinge_loss` in the scores, shape (n, q)."""
    # BEGIN SOLUTION
    return _pulled(2.0 * margins_of(S, y), y)


def _pulled(gradient, y):
    """The mean's gradient: what pulls the other classes down pulls the right one up."""
    gradient[np.arange(len(y)), y] = -gradient.sum(axis=1)
    return gradient / len(y)
    # END SOLUTION


# %% [markdown]
# ## 3. Penalties and the full loss
#
# $$\text{L2} = \sum W_{ij}^2 \qquad \text{L1} = \sum |W_{ij}| \qquad
# \text{elastic net} = \beta \sum W_{ij}^2 + \sum |W_{ij}|$$
#
# $$L(W, b) = \text{mean hinge loss} + \lambda \sum W_{ij}^2$$
#
# The bias is not penalised.


# %%
def l2_penalty(W):
    """Sum of the squares of the weights, a float."""
    # BEGIN SOLUTION
    return float((W**2).sum())
    # END SOLUTION


def l1_penalty(W):
    """Sum of the absolute values of the weights, a float."""
    # BEGIN SOLUTION
    return float(np.abs(W).sum())
    # END SOLUTION


def elastic_net(W, beta):
    """`beta` times the L2 penalty plus the L1 penalty, a float."""
    # BEGIN SOLUTION
    return beta * l2_penalty(W) + l1_penalty(W)
    # END SOLUTION


def regularised_loss(X, y, W, b, strength):
    """Mean hinge loss of the scores X W + b, plus `strength` times the L2 penalty of W, a float."""
    # BEGIN SOLUTION
    return hinge_loss(X @ W + b, y) + strength * l2_penalty(W)
    # END SOLUTION


def regularised_gradient(X, y, W, b, strength):
    """Gradient `(dW, db)` of `regularised_loss`, of the shapes of W and b."""
    # BEGIN SOLUTION
    scores_gradient = hinge_gradient(X @ W + b, y)
    dW = X.T @ scores_gradient + 2.0 * strength * W
    return dW, scores_gradient.sum(axis=0).reshape(np.shape(b))
    # END SOLUTION


# %% [markdown]
# ## 4. The other loss: softmax and cross-entropy
#
# On the lecture's first example, scores 3.2, 5.1 and -1.7, the probabilities are 0.13, 0.87 and 0.00.


# %%
def softmax(s):
    """Probabilities (q,) for the scores (q,) of one example; right for scores up to ±1e4."""
    # BEGIN SOLUTION
    e = np.exp(s - s.max())
    return e / e.sum()
    # END SOLUTION


def cross_entropy(S, y):
    """Mean over the examples of -log of the right class's probability, a float; finite up to ±1e4."""
    # BEGIN SOLUTION
    shifted = S - S.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean())
    # END SOLUTION


def initial_losses(q):
    """What hinge loss and cross-entropy are while all scores are equal, a pair of floats.

    A first thing to look at when training starts: another value is a bug. Derive them on paper.
    """
    # BEGIN SOLUTION
    return float(q - 1), float(np.log(q))
    # END SOLUTION


# %% [markdown]
# ## 5. Gradients by differences: your own tool
#
# $$\text{forward: } \frac{f(x + h e_k) - f(x)}{h} \qquad
# \text{central: } \frac{f(x + h e_k) - f(x - h e_k)}{2h}$$
#
# Slow, approximate, easy to write: what one checks a fast, exact gradient with. The central one errs by
# $h^2$ instead of $h$.


# %%
def numerical_gradient(f, x, h=1e-5, method="central"):
    """Gradient of a function at `x` by differences.

    Parameters
    ----------
    f : function
        Takes an array of the shape of `x`, gives a float.
    x : array of any shape, float64
        Must be the same after the call.
    h : float
        Step.
    method : str
        "forward" or "central"; anything else raises ValueError.

    Returns
    -------
    array of the shape of `x`

    References
    ----------
    Nocedal & Wright, Numerical Optimization, section 8.1; CS231n notes, "Optimization".
    """
    # BEGIN SOLUTION
    if method not in ("forward", "central"):
        raise ValueError(f"method is {method!r}")
    gradient = np.zeros(np.shape(x))
    for index in np.ndindex(gradient.shape):
        after, before = np.array(x, dtype=float), np.array(x, dtype=float)
        after[index] += h
        if method == "central":
            before[index] -= h
        gradient[index] = (f(after) - f(before)) / (2 * h if method == "central" else h)
    return gradient
    # END SOLUTION


# %% [markdown]
# ## 6. Searching for good weights
#
# Blindly: draw weights again and again, and keep the best. Or follow the slope.


# %%
def random_search(X, y, q, num_tries, scale, seed):
    """Best of `num_tries` random weights (normal, standard deviation `scale`), judged by the mean hinge loss.

    Returns
    -------
    tuple (W, b, loss)
        Weights (d, q), biases (q,), and their mean hinge loss, a float.
    """
    # BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    best = None
    for _ in range(num_tries):
        W, b = rng.normal(scale=scale, size=(X.shape[1], q)), rng.normal(scale=scale, size=q)
        loss = hinge_loss(X @ W + b, y)
        if best is None or loss < best[2]:
            best = (W, b, loss)
    return best
    # END SOLUTION


def gradient_descent(X, y, q, lr, num_steps, strength):
    """Weights and biases `(W, b)` after `num_steps` steps of gradient descent from zero, on all examples."""
    # BEGIN SOLUTION
    W, b = np.zeros((X.shape[1], q)), np.zeros(q)
    for _ in range(num_steps):
        dW, db = regularised_gradient(X, y, W, b, strength)
        W, b = W - lr * dW, b - lr * db
    return W, b
    # END SOLUTION


# %% [markdown]
# ## 7. Try it on digits
#
# How good is the best of 200 random classifiers? How many steps downhill does it take to beat it?

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.3, random_state=0)
    W, b, _ = random_search(X_train, y_train, 10, num_tries=200, scale=0.1, seed=0)
    blind = np.mean(np.argmax(X_test @ W + b, axis=1) == y_test)
    steps = [1, 2, 5, 10, 20, 50, 100]
    found = [gradient_descent(X_train, y_train, 10, lr=0.1, num_steps=k, strength=1e-3) for k in steps]
    plt.plot(steps, [np.mean(np.argmax(X_test @ W + b, axis=1) == y_test) for W, b in found], "o-")
    plt.axhline(blind, linestyle="--", label="best of 200 random ones")
    plt.xlabel("steps of gradient descent")
    plt.ylabel("accuracy on the test set")
    plt.legend()
    plt.show()
