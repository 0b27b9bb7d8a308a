# %% [markdown]
# # TP1: linear regression
#
# From examples with known answers to a line, a plane, a hyperplane: by solving for it, and by walking
# downhill. The bias is *folded in*: a column of ones goes in front of `X`, and `w[0]` is the bias.
#
# | symbol | shape | meaning |
# | --- | --- | --- |
# | `X` | `(n, d)` | `n` examples with `d` features |
# | `y` | `(n,)` | their values, real numbers |
# | `A` | `(n, d + 1)` | `X` with a column of ones in front |
# | `w` | `(d + 1,)` | bias, then one weight per feature |
#
# Rules: keep the names and the arguments of the functions; add as many functions of your own as you like; a
# function must not change its arguments; import nothing but `numpy`, the standard library, `matplotlib` and,
# for data, `sklearn.datasets` and `sklearn.model_selection`.

# %%
import numpy as np

# %% [markdown]
# ## 1. Prediction, loss, gradient
#
# $$\hat y = A w \qquad L(w) = \frac{1}{2n} \sum_i (\hat y_i - y_i)^2 \qquad
# \nabla L(w) = \frac{1}{n} A^\top (\hat y - y)$$


# %%
def add_bias(X):
    """Examples with a column of ones in front.

    Parameters
    ----------
    X : array, shape (n, d)

    Returns
    -------
    array, shape (n, d + 1)

    References
    ----------
    Goodfellow, Bengio, Courville, Deep Learning, section 5.1.4; d2l.ai, section 3.1.
    """
    # BEGIN SOLUTION
    return np.column_stack([np.ones(len(X)), X])
    # END SOLUTION


def predict(X, w):
    """Predicted values, shape (n,), for examples (n, d) and weights (d + 1,) whose first is the bias."""
    # BEGIN SOLUTION
    return add_bias(X) @ w
    # END SOLUTION


def squared_loss(X, y, w):
    """Half the mean of the squared errors, a float."""
    # BEGIN SOLUTION
    return float(np.mean((predict(X, w) - y) ** 2) / 2)
    # END SOLUTION


def loss_gradient(X, y, w):
    """Gradient of `squared_loss` in `w`, shape (d + 1,)."""
    # BEGIN SOLUTION
    return add_bias(X).T @ (predict(X, w) - y) / len(y)
    # END SOLUTION


# %% [markdown]
# ## 2. Closed form
#
# Where the gradient is zero, $A^\top A w = A^\top y$. When two features say the same, or there are fewer
# examples than weights, $A^\top A$ is singular and many `w` are equally good: give the one of **least norm**.
# (A matrix can be singular without `np.linalg.solve` noticing. Which function of NumPy gives the shortest
# solution?)


# %%
def closed_form(X, y):
    """Weights (d + 1,) that minimise the loss; among several the one of least Euclidean norm.

    References
    ----------
    Goodfellow et al., sections 2.9 (pseudoinverse) and 5.1.4.
    """
    # BEGIN SOLUTION
    return np.linalg.pinv(add_bias(X)) @ y
    # END SOLUTION


# %% [markdown]
# ## 3. Gradient descent in one dimension
#
# $$w_{t+1} = w_t - \eta \, f'(w_t)$$
#
# You are given the derivative, as a function. Keep every position, the first one too: it is the path.


# %%
def descend_1d(derivative, w0, lr, num_steps):
    """Path of gradient descent in one dimension.

    Parameters
    ----------
    derivative : function
        Takes a float and gives the slope there, a float.
    w0 : float
        Where to begin.
    lr : float
        Learning rate.
    num_steps : int

    Returns
    -------
    list of float, num_steps + 1 of them
        `w0` and the position after each step.

    References
    ----------
    Goodfellow et al., section 4.3; d2l.ai, section 12.3.
    """
    # BEGIN SOLUTION
    path = [float(w0)]
    for _ in range(num_steps):
        path.append(path[-1] - lr * derivative(path[-1]))
    return path
    # END SOLUTION


# %% [markdown]
# ## 4. Gradient descent, and how fast is too fast
#
# With all examples in each step, the loss is a bowl. The steepest curvature is the largest eigenvalue
# $\lambda$ of $A^\top A / n$. Descent converges for every learning rate below $2 / \lambda$ and diverges
# above.


# %%
def gradient_descent(X, y, w0, lr, num_steps):
    """Weights (d + 1,) after `num_steps` steps from `w0`, each with all the examples."""
    # BEGIN SOLUTION
    w = np.array(w0, dtype=float)
    for _ in range(num_steps):
        w = w - lr * loss_gradient(X, y, w)
    return w
    # END SOLUTION


def largest_rate(X):
    """Learning rate 2 / λ from which gradient descent no longer converges, a float.

    References
    ----------
    Goodfellow et al., section 4.3.1 (second-order condition); d2l.ai, section 12.3.1.
    """
    # BEGIN SOLUTION
    A = add_bias(X)
    return float(2.0 / np.linalg.eigvalsh(A.T @ A / len(X)).max())
    # END SOLUTION


def judge_rate(X, y, lr, num_steps):
    """How well a learning rate does, told after `num_steps` steps from w = 0.

    Returns
    -------
    str
        "divergent": the loss is higher than at the beginning, or no longer finite;
        "too small": less than 90 % of the way down to the least possible loss has been made;
        "good": all else.
    """
    # BEGIN SOLUTION
    start = np.zeros(X.shape[1] + 1)
    with np.errstate(all="ignore"):
        first = squared_loss(X, y, start)
        last = squared_loss(X, y, gradient_descent(X, y, start, lr, num_steps))
    least = squared_loss(X, y, closed_form(X, y))
    if not np.isfinite(last) or last > first:
        return "divergent"
    return "good" if first - last >= 0.9 * (first - least) else "too small"
    # END SOLUTION


# %% [markdown]
# ## 5. Minibatches
#
# Each epoch takes every example once, in another order. A step uses one batch, and the gradient of the loss
# **of that batch**: its mean is over the examples that are really in it. The last batch may be smaller.


# %%
def sgd(X, y, w0, lr, num_epochs, batch_size, seed):
    """Weights (d + 1,) after minibatch stochastic gradient descent from `w0`.

    Parameters
    ----------
    X, y : arrays, shapes (n, d) and (n,)
    w0 : array, shape (d + 1,)
    lr : float
    num_epochs, batch_size : int
    seed : int
        Of the order of the examples: the same seed gives the same weights.

    References
    ----------
    Goodfellow et al., section 8.1.3; d2l.ai, sections 3.4 and 12.5.
    """
    # BEGIN SOLUTION
    rng = np.random.default_rng(seed)
    w = np.array(w0, dtype=float)
    for _ in range(num_epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            batch = order[start : start + batch_size]
            w = w - lr * loss_gradient(X[batch], y[batch], w)
    return w
    # END SOLUTION


# %% [markdown]
# ## 6. See it
#
# Known weights, a little noise: does descent find the weights again? Then look at three learning rates.

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    rng = np.random.default_rng(0)
    w_true = np.array([4.2, 2.0, -3.4])
    X = rng.normal(size=(1000, 2))
    y = predict(X, w_true) + rng.normal(scale=0.01, size=1000)
    found = {
        "known": w_true,
        "closed form": closed_form(X, y),
        "minibatches": sgd(X, y, np.zeros(3), lr=0.1, num_epochs=5, batch_size=10, seed=0),
    }
    for shift, (label, w) in enumerate(found.items()):
        plt.bar(np.arange(3) + 0.25 * shift, w, width=0.25, label=label)
    plt.xlabel("weight")
    plt.legend()
    plt.show()

    for lr in (0.01, 0.5, 1.05 * largest_rate(X)):
        losses = [squared_loss(X, y, gradient_descent(X, y, np.zeros(3), lr, k)) for k in range(20)]
        plt.semilogy(losses, label=f"lr {lr:.2f}: {judge_rate(X, y, lr, 20)}")
    plt.xlabel("step")
    plt.ylabel("loss")
    plt.legend()
    plt.show()
