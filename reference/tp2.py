# %% [markdown]
# # TP2: softmax regression, one example at a time
#
# A linear classifier gives each of $q$ classes a score, the *logit* $o_k = \sum_j x_j W_{jk} + b_k$, and
# softmax turns the scores into probabilities. In this lab you write it for **one example at a time**; loops
# are allowed. In TP3 the loops go away.
#
# | symbol | shape | meaning |
# | --- | --- | --- |
# | `x` | `(d,)` | one example with `d` features |
# | `X` | `(n, d)` | `n` examples, one per row |
# | `c` | integer | the class of one example, `0 <= c < q` |
# | `y` | `(n,)` | the classes of `n` examples |
# | `W` | `(d, q)` | weights |
# | `b` | `(q,)` | biases |
# | `o`, `p` | `(q,)` | logits and probabilities of one example |
#
# Rules: keep the names and the arguments of the functions; add as many functions of your own as you like; a
# function must not change its arguments; logarithms are natural; import nothing but `numpy`, the standard
# library, `matplotlib` and, for data, `sklearn.datasets` and `sklearn.model_selection`.

# %%
import numpy as np

# %% [markdown]
# ## 1. Softmax
#
# $$p_k = \frac{e^{o_k}}{\sum_j e^{o_j}}$$
#
# $e^{1000}$ is not a floating-point number. Your function must stay finite and right for logits up to $\pm
# 10^4$: what happens to $p$ when you subtract the same number from all the logits?


# %%
def softmax(o):
    """Probabilities of one example from its logits, p_k = exp(o_k) / sum_j exp(o_j).

    Parameters
    ----------
    o : array, shape (q,)
        Logits, up to 1e4 in size.

    Returns
    -------
    array, shape (q,)
        Probabilities, which sum to 1.

    References
    ----------
    Lecture 3, "softmax regression"; Goodfellow, Bengio, Courville, Deep Learning, sections 4.1 and 6.2.2.3.
    """
    # BEGIN SOLUTION
    # Softmax does not change when all the logits are shifted; after this shift the largest exponential is 1.
    exponentials = np.exp(o - np.max(o))
    return exponentials / np.sum(exponentials)
    # END SOLUTION


# %% [markdown]
# ## 2. Cross-entropy and its gradient
#
# The loss of one example of class $c$ is $\ell = -\log p_c$. Its gradient in the logits is as simple as it
# gets:
#
# $$\frac{\partial \ell}{\partial o_k} = p_k - \mathbb{1}[k = c]$$


# %%
def cross_entropy(p, c):
    """Loss of one example, -log p[c].

    Parameters
    ----------
    p : array, shape (q,)
        Probabilities.
    c : int
        Class of the example.

    Returns
    -------
    float

    References
    ----------
    Lecture 3, "cross-entropy"; d2l.ai, section 4.1 "Softmax Regression".
    """
    # BEGIN SOLUTION
    return -np.log(p[c])
    # END SOLUTION


# %%
def loss_gradient(p, c):
    """Gradient of the loss of one example in its logits: p, with 1 taken off at c.

    Parameters
    ----------
    p : array, shape (q,)
        Probabilities. Not modified.
    c : int
        Class of the example.

    Returns
    -------
    array, shape (q,)

    References
    ----------
    Lecture 3, "gradient of the softmax and the cross-entropy"; d2l.ai, section 4.1.2.
    """
    # BEGIN SOLUTION
    gradient = p.copy()
    gradient[c] -= 1.0
    return gradient
    # END SOLUTION


# %% [markdown]
# ## 3. The model and its gradients
#
# By the chain rule, with $g = \partial \ell / \partial o$:
#
# $$\frac{\partial \ell}{\partial W_{jk}} = x_j\, g_k \qquad \frac{\partial \ell}{\partial b_k} = g_k$$


# %%
def predict_proba(x, W, b):
    """Probabilities of the classes for one example.

    Parameters
    ----------
    x : array, shape (d,)
    W : array, shape (d, q)
    b : array, shape (q,)

    Returns
    -------
    array, shape (q,)
    """
    # BEGIN SOLUTION
    return softmax(x @ W + b)
    # END SOLUTION


# %%
def gradients(x, c, W, b):
    """Gradients of the loss of one example.

    Parameters
    ----------
    x : array, shape (d,)
    c : int
        Class of the example.
    W : array, shape (d, q)
    b : array, shape (q,)

    Returns
    -------
    dW : array, shape (d, q)
        x_j g_k, the outer product of the example and the gradient g in the logits.
    db : array, shape (q,)
        g.
    """
    # BEGIN SOLUTION
    g = loss_gradient(predict_proba(x, W, b), c)
    return np.outer(x, g), g
    # END SOLUTION


# %% [markdown]
# ## 4. A batch
#
# Loss and gradients of a batch are the **means** over its examples. A loop over the examples is what is
# asked here.


# %%
def batch_loss_and_gradients(X, y, W, b):
    """Means over a batch of the loss and of its gradients.

    Parameters
    ----------
    X : array, shape (n, d)
    y : array of int, shape (n,)
    W : array, shape (d, q)
    b : array, shape (q,)

    Returns
    -------
    loss : float
    dW : array, shape (d, q)
    db : array, shape (q,)
    """
    # BEGIN SOLUTION
    loss, dW, db = 0.0, np.zeros(W.shape), np.zeros(b.shape)
    for x, c in zip(X, y, strict=True):
        loss += cross_entropy(predict_proba(x, W, b), c)
        dW_one, db_one = gradients(x, c, W, b)
        dW += dW_one
        db += db_one
    n = len(X)
    return loss / n, dW / n, db / n
    # END SOLUTION


# %% [markdown]
# ## 5. Minibatches
#
# One pass over the data is an *epoch*. Shuffle examples and labels **together**; the last batch may be
# smaller than the others, but it is not left out.


# %%
def minibatches(X, y, batch_size, seed):
    """Each example once, in shuffled order, in batches.

    Parameters
    ----------
    X : array, shape (n, d)
    y : array of int, shape (n,)
    batch_size : int
        Examples in a batch; the last batch may have fewer.
    seed : int
        The same seed gives the same order.

    Yields
    ------
    X_batch : array, shape (m, d)
    y_batch : array of int, shape (m,)

    References
    ----------
    Lecture 3, "minibatch stochastic gradient descent"; Goodfellow et al., section 8.1.3.
    """
    # BEGIN SOLUTION
    order = np.random.default_rng(seed).permutation(len(X))
    for start in range(0, len(X), batch_size):
        chosen = order[start : start + batch_size]
        yield X[chosen], y[chosen]
    # END SOLUTION


# %% [markdown]
# ## 6. Training
#
# For each minibatch: $W \leftarrow W - \eta\, \partial\ell/\partial W$ and $b \leftarrow b - \eta\,
# \partial\ell/\partial b$, with the learning rate $\eta$ = `lr`. Take another order in each epoch. The
# classes are `0, 1, …, max(y)`; one of them may be absent from `y`.


# %%
def train(X, y, num_epochs, batch_size, lr, seed):
    """Parameters found by minibatch stochastic gradient descent.

    Parameters
    ----------
    X : array, shape (n, d)
    y : array of int, shape (n,)
        Classes; there are max(y) + 1 of them.
    num_epochs : int
        Passes over the data.
    batch_size : int
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
    Lecture 3, "training"; d2l.ai, section 4.4 "Softmax Regression Implementation from Scratch".
    """
    # BEGIN SOLUTION
    # The loss is convex in W and b: any start will do, and zero gives every class the same probability.
    q = int(np.max(y)) + 1
    W, b = np.zeros((X.shape[1], q)), np.zeros(q)
    rng = np.random.default_rng(seed)
    for _ in range(num_epochs):
        for X_batch, y_batch in minibatches(X, y, batch_size, int(rng.integers(2**32))):
            _, dW, db = batch_loss_and_gradients(X_batch, y_batch, W, b)
            W = W - lr * dW
            b = b - lr * db
    return W, b
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
    right = 0
    for x, c in zip(X, y, strict=True):
        right += int(np.argmax(predict_proba(x, W, b)) == c)
    return right / len(X)
    # END SOLUTION


# %% [markdown]
# ## 7. Two classes
#
# With two classes one logit $o$ is enough: $P(t = 1) = \sigma(o) = 1 / (1 + e^{-o})$, and the loss is
#
# $$\ell(o, t) = -t \log \sigma(o) - (1 - t) \log (1 - \sigma(o))$$
#
# Written like this it overflows. Find a form that is finite and right for $o = \pm 10^4$.


# %%
def binary_loss(o, t):
    """Logistic loss of one logit.

    Parameters
    ----------
    o : float
        Logit, up to 1e4 in size.
    t : int
        Target, 0 or 1.

    Returns
    -------
    float
        log(1 + exp(o)) - t o.

    References
    ----------
    Lecture 3, "logistic regression"; Goodfellow et al., section 6.2.2.2 (softplus).
    """
    # BEGIN SOLUTION
    # log(1 + exp(o)) = max(o, 0) + log(1 + exp(-|o|)): no exponential of a positive number.
    return max(o, 0.0) + np.log1p(np.exp(-abs(o))) - t * o
    # END SOLUTION


# %% [markdown]
# ## 8. Try it on the digits
#
# 1797 images of 8×8 pixels with values from 0 to 16, divided by 16 here. What accuracy do you reach on
# images that the model has not seen? Try other learning rates and batch sizes.

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X / 16.0, y, test_size=0.3, random_state=0)
    test_accuracy = []
    for num_epochs in range(1, 6):
        W, b = train(X_train, y_train, num_epochs, batch_size=32, lr=0.5, seed=0)
        test_accuracy.append(accuracy(X_test, y_test, W, b))
    plt.plot(range(1, 6), test_accuracy, marker="o")
    plt.xlabel("epochs")
    plt.ylabel("accuracy on the test set")
    plt.show()
