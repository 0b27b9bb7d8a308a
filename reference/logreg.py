# %% [markdown]
# # Probabilistic learning: logistic regression
#
# Where do losses come from? From asking which parameters make the data most likely. First for a coin, then
# for a classifier that says how probable it is that a message is spam.
#
# | symbol | shape | meaning |
# | --- | --- | --- |
# | `X` | `(n, d)` | `n` examples with `d` features |
# | `y` | `(n,)` | their classes, integers 0 or 1 |
# | `w`, `b` | `(d,)`, float | weights and bias |
# | `z` | any | logit: the score before the sigmoid |
#
# Rules: keep the names and the arguments of the functions; add as many functions of your own as you like; a
# function must not change its arguments; logarithms are natural; import nothing but `numpy`, the standard
# library, `matplotlib` and, for data, `sklearn.datasets` and `sklearn.model_selection`.

# %%
import numpy as np

# %% [markdown]
# ## 1. A coin
#
# Tosses are 1 (heads) or 0 (tails); heads has probability `p`. The tosses are independent:
#
# $$\mathcal L(p) = \prod_i p^{t_i} (1 - p)^{1 - t_i}$$
#
# A product of a thousand factors below 1 underflows to 0. The sum of their logarithms does not: take the
# logarithm on paper first, then write the code.


# %%
def likelihood(p, tosses):
    """Probability of the sequence `tosses` (n,) of 0 and 1 when heads has probability `p`, a float.

    References
    ----------
    Goodfellow, Bengio, Courville, Deep Learning, sections 3.9.1 and 5.5; d2l.ai, section 22.7.
    """
    # BEGIN SOLUTION
    return float(np.prod(np.where(tosses == 1, p, 1.0 - p)))
    # END SOLUTION


def negative_log_likelihood(p, tosses):
    """-log of `likelihood`, a float; right for thousands of tosses, where the product underflows."""
    # BEGIN SOLUTION
    heads = np.sum(tosses)
    return float(-heads * np.log(p) - (len(tosses) - heads) * np.log(1.0 - p))
    # END SOLUTION


def best_p(tosses):
    """Probability of heads that makes the tosses most likely, a float: 4/7 for four heads in seven tosses."""
    # BEGIN SOLUTION
    return float(np.mean(tosses))
    # END SOLUTION


# %% [markdown]
# ## 2. The sigmoid
#
# $$\sigma(z) = \frac{1}{1 + e^{-z}} \qquad \sigma(-z) = 1 - \sigma(z) \qquad
# \sigma'(z) = \sigma(z) (1 - \sigma(z)) \qquad \sigma^{-1}(p) = \log \frac{p}{1 - p}$$
#
# For z = -1000 the exponential overflows, which is a warning at best. Use $e^{z}$ where z is negative.


# %%
def sigmoid(z):
    """Probability for a logit, entry by entry, of the shape of `z`; without overflow up to ±1e4.

    References
    ----------
    Goodfellow et al., section 3.10.
    """
    # BEGIN SOLUTION
    e = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1.0, e) / (1.0 + e)
    # END SOLUTION


def sigmoid_gradient(z):
    """Derivative of the sigmoid at `z`, entry by entry."""
    # BEGIN SOLUTION
    return sigmoid(z) * sigmoid(-np.asarray(z))
    # END SOLUTION


def logit(p):
    """Inverse of the sigmoid: the logit for a probability in (0, 1), entry by entry."""
    # BEGIN SOLUTION
    return np.log(p) - np.log1p(-np.asarray(p))
    # END SOLUTION


# %% [markdown]
# ## 3. Logistic regression
#
# $$p_i = \sigma(x_i \cdot w + b) \qquad
# L = -\frac{1}{n} \sum_i \bigl( y_i \log p_i + (1 - y_i) \log (1 - p_i) \bigr)$$
#
# In the logits the loss is $\log(1 + e^{z_i}) - y_i z_i$, and
# $\log(1 + e^z) = \max(z, 0) + \log(1 + e^{-|z|})$ never overflows.


# %%
def predict_proba(X, w, b):
    """Probability (n,) that each example has class 1."""
    # BEGIN SOLUTION
    return sigmoid(X @ w + b)
    # END SOLUTION


def predict(X, w, b):
    """Class of each example, (n,): 1 where its probability is at least 1/2, else 0."""
    # BEGIN SOLUTION
    return (X @ w + b >= 0).astype(int)
    # END SOLUTION


def loss(X, y, w, b):
    """Mean negative log-likelihood, a float; finite and right for logits up to ±1e4."""
    # BEGIN SOLUTION
    z = X @ w + b
    return float(np.mean(np.maximum(z, 0.0) + np.log1p(np.exp(-np.abs(z))) - y * z))
    # END SOLUTION


def gradients(X, y, w, b):
    """Gradient `(dw, db)` of `loss`: an array (d,) and a float.

    References
    ----------
    Murphy, Probabilistic Machine Learning: An Introduction, section 10.2.3.
    """
    # BEGIN SOLUTION
    error = predict_proba(X, w, b) - y
    return X.T @ error / len(y), float(error.mean())
    # END SOLUTION


# %% [markdown]
# ## 4. Three ways downhill
#
# All examples in each step; a batch; a single example. All start from zero, and each epoch takes every
# example once, in another order. The last batch may be smaller; its step is the mean over what is in it.


# %%
def gradient_descent(X, y, lr, num_steps):
    """`(w, b)` after `num_steps` steps from zero, each with all the examples."""
    # BEGIN SOLUTION
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(num_steps):
        dw, db = gradients(X, y, w, b)
        w, b = w - lr * dw, b - lr * db
    return w, b
    # END SOLUTION


def minibatch_descent(X, y, lr, num_epochs, batch_size, seed):
    """`(w, b)` after minibatch descent from zero; the same seed gives the same order of the examples.

    References
    ----------
    Goodfellow et al., section 8.1.3; d2l.ai, section 12.5.
    """
    # BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    w, b = np.zeros(X.shape[1]), 0.0
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            dw, db = gradients(X[batch], y[batch], w, b)
            w, b = w - lr * dw, b - lr * db
    return w, b
    # END SOLUTION


def sgd(X, y, lr, num_epochs, seed):
    """`(w, b)` after stochastic gradient descent from zero: one step per example."""
    # BEGIN SOLUTION
    return minibatch_descent(X, y, lr, num_epochs, batch_size=1, seed=seed)
    # END SOLUTION


# %% [markdown]
# ## 5. Spam, made on the spot
#
# Twenty words; spam uses some more often. Features are how often each word comes in a message.

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    rates = np.full((2, 20), 0.6)  # expected count of each word in a good message, in spam
    rates[1, :6] = 1.8
    rates[0, 6:12] = 1.5
    y = rng.integers(0, 2, size=600)
    X = rng.poisson(rates[y]).astype(float)
    X_train, y_train, X_test, y_test = X[:400], y[:400], X[400:], y[400:]

    for label, lr, epochs, size in (
        ("all", 0.3, 30, 400),
        ("batches of 20", 0.1, 30, 20),
        ("single", 0.02, 30, 1),
    ):
        found = [minibatch_descent(X_train, y_train, lr, k, size, seed=0) for k in range(epochs)]
        plt.plot([loss(X_test, y_test, w, b) for w, b in found], label=label)
    plt.xlabel("epoch")
    plt.ylabel("loss on the test set")
    plt.legend()
    plt.show()
