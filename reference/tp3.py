# %% [markdown]
# # TP3: vectorization
#
# The same classifier as in TP2, for a whole batch at once and **without a Python loop over examples**. A
# comprehension, `map`, `np.vectorize` and `np.apply_along_axis` over examples are loops too. We do not
# measure time: we count the Python instructions that your function executes, and for 64 examples there must
# be no more than for 8.
#
# | symbol | shape | meaning |
# | --- | --- | --- |
# | `X` | `(n, d)` | `n` examples with `d` features |
# | `y` | `(n,)` | their classes, `0 <= y[i] < q` |
# | `W`, `b` | `(d, q)`, `(q,)` | weights and biases |
# | `O`, `P` | `(n, q)` | logits and probabilities, one row per example |
#
# Rules: keep the names and the arguments of the functions; add as many functions of your own as you like; a
# function must not change its arguments; logarithms are natural; import nothing but `numpy`, the standard
# library, `matplotlib` and, for data, `sklearn.datasets` and `sklearn.model_selection`.

# %%
import numpy as np

# %% [markdown]
# ## 1. Broadcasting
#
# NumPy adds arrays of different shapes by three rules:
#
# 1. the shorter shape is padded with 1 **on its left**;
# 2. where the sizes differ and one of them is 1, that one is stretched to the other;
# 3. where they differ and neither is 1, it is an error.
#
# Write the rules yourself; do not ask NumPy.


# %%
def broadcast_shape(a, b):
    """Shape of A + B for arrays A of shape `a` and B of shape `b`.

    Parameters
    ----------
    a, b : tuples of int

    Returns
    -------
    tuple of int

    Raises
    ------
    ValueError
        Where A + B fails.

    References
    ----------
    Lecture 3, "broadcasting"; NumPy user guide, "Broadcasting".
    """
    # BEGIN SOLUTION
    length = max(len(a), len(b))
    padded_a = (1,) * (length - len(a)) + tuple(a)
    padded_b = (1,) * (length - len(b)) + tuple(b)
    shape = []
    for size_a, size_b in zip(padded_a, padded_b, strict=True):
        if size_a != size_b and 1 not in (size_a, size_b):
            raise ValueError(f"shapes {a} and {b} do not broadcast: {size_a} against {size_b}")
        shape.append(size_b if size_a == 1 else size_a)
    return tuple(shape)
    # END SOLUTION


# %% [markdown]
# ## 2. Softmax of every row
#
# Each row is the softmax of one example. Rows must not disturb each other: one of them may hold logits near
# $10^4$ and the next one near $-10^4$.


# %%
def softmax(O):
    """Softmax of each row, P_ik = exp(O_ik) / sum_j exp(O_ij).

    Parameters
    ----------
    O : array, shape (n, q)
        Logits, up to 1e4 in size.

    Returns
    -------
    array, shape (n, q)
        Probabilities; each row sums to 1.

    References
    ----------
    Lecture 3, "vectorization"; Goodfellow, Bengio, Courville, Deep Learning, sections 4.1 and 6.2.2.3.
    """
    # BEGIN SOLUTION
    exponentials = np.exp(O - O.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)
    # END SOLUTION


# %% [markdown]
# ## 3. Cross-entropy and its gradient
#
# $$L = -\frac{1}{n} \sum_i \log P_{i, y_i} \qquad \frac{\partial L}{\partial O} = \frac{1}{n} (P - Y)$$
#
# where row $i$ of $Y$ is the *one-hot* row of class $y_i$. The division by $n$ belongs into
# `loss_gradient`, so nothing after it divides again. `P[np.arange(n), y]` picks one entry of each row.


# %%
def cross_entropy(P, y):
    """Mean over the batch of -log P[i, y[i]].

    Parameters
    ----------
    P : array, shape (n, q)
        Probabilities.
    y : array of int, shape (n,)
        Classes. Some of the q classes may be absent.

    Returns
    -------
    float

    References
    ----------
    Lecture 3, "cross-entropy"; d2l.ai, section 4.1 "Softmax Regression".
    """
    # BEGIN SOLUTION
    return -np.mean(np.log(P[np.arange(len(y)), y]))
    # END SOLUTION


# %%
def loss_gradient(P, y):
    """Gradient in the logits of the mean loss, (P - Y) / n with the one-hot rows Y of y.

    Parameters
    ----------
    P : array, shape (n, q)
        Probabilities. Not modified.
    y : array of int, shape (n,)

    Returns
    -------
    array, shape (n, q)

    References
    ----------
    Lecture 3, "gradient of the softmax and the cross-entropy"; d2l.ai, section 4.1.2.
    """
    # BEGIN SOLUTION
    n = len(y)
    gradient = P.copy()
    gradient[np.arange(n), y] -= 1.0
    return gradient / n
    # END SOLUTION


# %% [markdown]
# ## 4. The model and its gradients
#
# With $G = \partial L / \partial O$: $\;\partial L / \partial W = X^\top G$ and $\partial L / \partial b =
# \sum_i G_i$. Check the shapes before you check the numbers.


# %%
def predict_proba(X, W, b):
    """Probabilities of the classes for each example, softmax(X W + b).

    Parameters
    ----------
    X : array, shape (n, d)
    W : array, shape (d, q)
    b : array, shape (q,)

    Returns
    -------
    array, shape (n, q)
    """
    # BEGIN SOLUTION
    return softmax(X @ W + b)
    # END SOLUTION


# %%
def gradients(X, y, W, b):
    """Gradients of the mean loss.

    Parameters
    ----------
    X : array, shape (n, d)
    y : array of int, shape (n,)
    W : array, shape (d, q)
    b : array, shape (q,)

    Returns
    -------
    dW : array, shape (d, q)
    db : array, shape (q,)

    References
    ----------
    Lecture 3, "vectorization"; d2l.ai, section 4.1.2.
    """
    # BEGIN SOLUTION
    G = loss_gradient(predict_proba(X, W, b), y)
    return X.T @ G, G.sum(axis=0)
    # END SOLUTION


# %%
def accuracy(X, y, W, b):
    """Share of the examples whose most probable class is the right one, in [0, 1].

    Parameters
    ----------
    X : array, shape (n, d)
    y : array of int, shape (n,)
    W : array, shape (d, q)
    b : array, shape (q,)

    Returns
    -------
    float
    """
    # BEGIN SOLUTION
    return np.mean(np.argmax(predict_proba(X, W, b), axis=1) == y)
    # END SOLUTION


# %% [markdown]
# ## 5. Training
#
# As in TP2, now with the vectorized gradients. (The loops over epochs and over batches stay.) The classes
# are `0, 1, …, max(y)`; one of them may be absent from `y`.


# %%
def train(X, y, num_epochs, batch_size, lr, seed):
    """Parameters found by minibatch stochastic gradient descent.

    Parameters
    ----------
    X : array, shape (n, d)
    y : array of int, shape (n,)
        Classes; there are max(y) + 1 of them.
    num_epochs : int
        Passes over the data, each in another order.
    batch_size : int
        Examples in a batch; the last batch of an epoch may have fewer.
    lr : float
        Learning rate.
    seed : int
        The same seed gives the same parameters.

    Returns
    -------
    W : array, shape (d, q)
    b : array, shape (q,)

    References
    ----------
    Lecture 3, "minibatch stochastic gradient descent"; Goodfellow et al., section 8.1.3.
    """
    # BEGIN SOLUTION
    # The loss is convex in W and b: any start will do, and zero gives every class the same probability.
    q = int(np.max(y)) + 1
    W, b = np.zeros((X.shape[1], q)), np.zeros(q)
    rng = np.random.default_rng(seed)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            chosen = order[start : start + batch_size]
            dW, db = gradients(X[chosen], y[chosen], W, b)
            W = W - lr * dW
            b = b - lr * db
    return W, b
    # END SOLUTION


# %% [markdown]
# ## 6. ReLU
#
# For TP4: $\mathrm{relu}(x) = \max(x, 0)$, entry by entry, for an array of any shape. Its derivative is 1
# where $x > 0$ and 0 where $x < 0$. At 0 there is none; any number from 0 to 1 is accepted (the lecture
# writes 1, the textbook 0).


# %%
def relu(x):
    """max(x, 0) of each entry.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, shape of `x`

    References
    ----------
    Lecture 3, "activation functions"; Goodfellow et al., section 6.3.1.
    """
    # BEGIN SOLUTION
    return np.maximum(x, 0.0)
    # END SOLUTION


# %%
def relu_gradient(x):
    """Derivative of ReLU at each entry: 1 where x > 0, 0 where x < 0.

    Parameters
    ----------
    x : array, any shape

    Returns
    -------
    array, shape of `x`
    """
    # BEGIN SOLUTION
    return np.where(x > 0, 1.0, 0.0)
    # END SOLUTION


# %% [markdown]
# ## 7. How much faster?
#
# Here is TP2's way, given: one example at a time. Compare its time with that of your `gradients`, for
# several `n`.


# %%
def naive_softmax(O):
    """As `softmax`, one row at a time."""
    P = np.zeros(O.shape)
    for i in range(len(O)):
        exponentials = np.exp(O[i] - np.max(O[i]))
        P[i] = exponentials / np.sum(exponentials)
    return P


def naive_gradients(X, y, W, b):
    """As `gradients`, one example at a time."""
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    for x, c in zip(X, y, strict=True):
        g = naive_softmax((x @ W + b)[None, :])[0]
        g[c] -= 1.0
        dW += np.outer(x, g) / len(X)
        db += g / len(X)
    return dW, db


# %%
if __name__ == "__main__":
    import timeit

    import matplotlib.pyplot as plt
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.3, random_state=0)
    W, b = train(X_train, y_train, num_epochs=20, batch_size=32, lr=0.5, seed=0)
    test_accuracy = accuracy(X_test, y_test, W, b)

    sizes = (10, 30, 100, 300, 1000)
    for function in (naive_gradients, gradients):
        milliseconds = [
            1000 * min(timeit.repeat(lambda n=n, f=function: f(X_train[:n], y_train[:n], W, b), number=1))
            for n in sizes
        ]
        plt.loglog(sizes, milliseconds, marker="o", label=function.__name__)
    plt.xlabel("examples")
    plt.ylabel("time [ms]")
    plt.title(f"accuracy on the test set: {test_accuracy:.3f}")
    plt.legend()
    plt.show()
