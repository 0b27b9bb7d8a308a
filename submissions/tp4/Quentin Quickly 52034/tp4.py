# %% [markdown]
# # TP4: two-layer perceptron with backpropagation
#
# A linear classifier cannot separate the two moons; a perceptron with one hidden layer can. You write it as
# *modules*. Each module is a class with three methods:
#
# * `forward(x)` gives the output and keeps what `backward` will need;
# * `backward(out_grad)` takes the gradient of the loss in the module's **output**, stores the gradients of
#   the parameters, and returns the gradient in the module's **input**;
# * `step()` moves the parameters by gradient descent (and does nothing where there are none).
#
# | symbol | shape | meaning |
# | --- | --- | --- |
# | `X` | `(n, d)` | `n` examples with `d` features |
# | `y` | `(n,)` | their classes, `0 <= y[i] < q` |
# | `W`, `b` | `(n_in, n_out)`, `(n_out,)` | weights and biases of a linear layer |
# | `dW`, `db` | as `W`, `b` | gradients of the **mean** loss |
#
# Rules: keep the names and the arguments; add as many functions, classes and members of your own as you
# like; a method must not change its arguments; logarithms are natural; import nothing but `numpy`, the
# standard library, `matplotlib` and, for data, `sklearn.datasets` and `sklearn.model_selection`.

# %%
import numpy as np

# %% [markdown]
# ## 1. Linear layer
#
# $$Z = X W + b \qquad \frac{\partial L}{\partial W} = X^\top \frac{\partial L}{\partial Z} \qquad
# \frac{\partial L}{\partial b} = \sum_i \frac{\partial L}{\partial Z_i} \qquad
# \frac{\partial L}{\partial X} = \frac{\partial L}{\partial Z} W^\top$$
#
# The lecture's slide writes the gradient of a weight matrix as (gradient of the output)ᵀ · input, which has
# the transposed shape. What counts is the shape of the parameter. The loss is a mean already: do not divide
# by `n` here.


# %%
class Linear:
    """Affine map of each row, Z = X W + b.

    Parameters
    ----------
    n_in, n_out : int
        Features before and after.
    lr : float
        Learning rate of `step`.
    seed : int
        Of the initial weights. They must not all be equal; a scale near sqrt(2 / n_in) suits ReLU.

    Attributes
    ----------
    W, b : arrays, shapes (n_in, n_out) and (n_out,)
    dW, db : arrays of the same shapes
        Gradients of the last `backward`.

    References
    ----------
    Lecture 4, "backpropagation, module by module"; Goodfellow, Bengio, Courville, Deep Learning, section 6.5;
    d2l.ai, section 5.3. Scale of the weights: He et al. 2015, arXiv:1502.01852.
    """

    def __init__(self, n_in, n_out, lr=0.1, seed=0):
        rng = np.random.default_rng(seed)
        self.lr = lr
        self.W = rng.normal(scale=np.sqrt(2.0 / n_in), size=(n_in, n_out))
        self.b = np.zeros(n_out)
        self.dW = np.zeros_like(self.W)
        self.db = np.zeros_like(self.b)

    def forward(self, X):
        """Output (n, n_out) for an input (n, n_in)."""
        self.X = X
        return X @ self.W + self.b

    def backward(self, out_grad):
        """Stores `dW` and `db`; gives the gradient in the input, (n, n_in), from that in the output."""
        self.dW = self.X.T @ out_grad
        self.db = out_grad.sum(axis=0)
        return out_grad @ self.W.T

    def step(self):
        """Moves `W` by -lr dW and `b` by -lr db."""
        self.W -= self.lr * self.dW
        self.b -= self.lr * self.db


# %% [markdown]
# ## 2. ReLU
#
# $\max(x, 0)$ entry by entry. The gradient passes where the **input** was above 0 and is stopped where it
# was below. At exactly 0 any factor from 0 to 1 is accepted.


# %%
class ReLU:
    """max(x, 0) of each entry.

    References
    ----------
    Lecture 4, "activation functions"; Goodfellow et al., section 6.3.1.
    """

    def forward(self, X):
        """Output of the shape of X."""
        self.is_positive = X > 0
        return np.where(self.is_positive, X, 0.0)

    def backward(self, out_grad):
        """Gradient in the input, of the shape of `out_grad`."""
        return out_grad * self.is_positive

    def step(self):
        """Nothing: there are no parameters."""


# %% [markdown]
# ## 3. Dropout
#
# In training each entry is set to zero with probability `rate`, and the others are divided by `1 - rate`,
# so that the mean stays what it was. `backward` uses the **mask of the last forward**. With `training =
# False` both are the identity.


# %%
class Dropout:
    """Sets entries to zero at random while training.

    Parameters
    ----------
    rate : float
        Probability that an entry is set to zero, 0 <= rate < 1.
    seed : int
        Of the masks.

    Attributes
    ----------
    training : bool
        True at first; with False the module is the identity.

    References
    ----------
    Lecture 4, "dropout"; Goodfellow et al., section 7.12; d2l.ai, section 5.6.
    """

    def __init__(self, rate, seed=0):
        self.rate = rate
        self.training = True
        self.rng = np.random.default_rng(seed)

    def forward(self, X):
        """Output of the shape of X; another mask at each call."""
        if self.training:
            self.factor = (self.rng.random(X.shape) >= self.rate) / (1.0 - self.rate)
        else:
            self.factor = np.ones(X.shape)
        return X * self.factor

    def backward(self, out_grad):
        """Gradient in the input, of the shape of `out_grad`."""
        return out_grad * self.factor

    def step(self):
        """Nothing: there are no parameters."""


# %% [markdown]
# ## 4. Softmax and cross-entropy in one module
#
# $$L = \frac{1}{n} \sum_i \Bigl( \log \sum_k e^{O_{ik}} - O_{i, y_i} \Bigr) \qquad
# \frac{\partial L}{\partial O} = \frac{1}{n} (P - Y)$$
#
# Why in one module? With scores 800 apart a probability underflows to 0 and its logarithm is $-\infty$,
# although the loss is a plain number: 800. Work with the logarithms of the probabilities, and subtract the
# maximum **of each row** first.


# %%
class SoftmaxCrossEntropy:
    """Mean cross-entropy of softmax(logits).

    References
    ----------
    Lecture 4, "the loss as a module"; Goodfellow et al., sections 4.1 and 6.2.2.3;
    d2l.ai, section 4.5 "LogSumExp".
    """

    def forward(self, logits, y):
        """Mean loss, a float, for logits (n, q) and classes (n,)."""
        shifted = logits - logits.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.log_p = shifted - log_sum
        self.y = y
        return -self.log_p[np.arange(len(y)), y].mean()

    def backward(self):
        """Gradient of the mean loss in the logits, (n, q)."""
        n = len(self.y)
        gradient = np.exp(self.log_p)
        gradient[np.arange(n), self.y] -= 1.0
        return gradient / n


# %% [markdown]
# ## 5. The perceptron
#
# `fc1` → ReLU → dropout → `fc2` → softmax and cross-entropy. `backward` calls the modules in the opposite
# order. This training loop of the lecture must work:
#
# ```python
# net.forward(X_batch)
# net.loss(y_batch)
# net.backward()
# net.step()
# ```


# %%
class TwoLayerPerceptron:
    """Classifier with one hidden layer of ReLU units.

    Parameters
    ----------
    n_in, n_hidden, n_out : int
        Features, hidden units, classes.
    lr : float
        Learning rate of both layers.
    dropout : float
        Rate of the dropout after the hidden layer.
    seed : int
        Of weights and masks.

    Attributes
    ----------
    fc1, fc2 : Linear

    References
    ----------
    Lecture 4, "multilayer perceptrons"; Goodfellow et al., chapter 6; d2l.ai, chapter 5.
    """

    def __init__(self, n_in, n_hidden, n_out, lr=0.1, dropout=0.0, seed=0):
        self.fc1 = Linear(n_in, n_hidden, lr=lr, seed=seed)
        self.relu = ReLU()
        self.dropout = Dropout(dropout, seed=seed + 1)
        self.fc2 = Linear(n_hidden, n_out, lr=lr, seed=seed + 2)
        self.criterion = SoftmaxCrossEntropy()

    def forward(self, X):
        """Logits (n, n_out)."""
        hidden = self.dropout.forward(self.relu.forward(self.fc1.forward(X)))
        self.logits = self.fc2.forward(hidden)
        return self.logits

    def loss(self, y):
        """Mean loss of the last forward, a float."""
        return self.criterion.forward(self.logits, y)

    def backward(self):
        """Stores the gradients of all the parameters."""
        hidden_grad = self.fc2.backward(self.criterion.backward())
        self.fc1.backward(self.relu.backward(self.dropout.backward(hidden_grad)))

    def step(self):
        """One step of gradient descent for both layers."""
        self.fc1.step()
        self.fc2.step()

    def predict(self, X):
        """Most probable class of each example, (n,)."""
        training, self.dropout.training = self.dropout.training, False
        classes = np.argmax(self.forward(X), axis=1)
        self.dropout.training = training
        return classes

    def validate(self, X, y):
        """Accuracy in [0, 1], without dropout; changes no parameter, and dropout is as before afterwards."""
        return float(np.mean(self.predict(X) == y))


# %% [markdown]
# ## 6. Training
#
# Each epoch takes every example once, in another order, examples and labels together; the last batch may be
# smaller.


# %%
def train(net, X_train, y_train, X_val, y_val, num_epochs, batch_size, seed):
    """Trains `net` in minibatches.

    Parameters
    ----------
    net : TwoLayerPerceptron
        Is changed.
    X_train, y_train : arrays, shapes (n, d) and (n,)
    X_val, y_val : arrays, shapes (m, d) and (m,)
        Kept apart: for the accuracy only.
    num_epochs, batch_size : int
    seed : int
        Of the order of the examples.

    Returns
    -------
    list of float
        Accuracy on the validation set after each epoch.

    References
    ----------
    Lecture 4, "the training loop"; Goodfellow et al., section 8.1.3.
    """
    rng = np.random.default_rng(seed)
    accuracies = []
    for _ in range(num_epochs):
        order = rng.permutation(len(X_train))
        for start in range(0, len(X_train), batch_size):
            batch = order[start : start + batch_size]
            net.forward(X_train[batch])
            net.loss(y_train[batch])
            net.backward()
            net.step()
        accuracies.append(net.validate(X_val, y_val))
    return accuracies


# %% [markdown]
# ## 7. Two moons
#
# Train, plot the accuracy, and draw where the network changes its mind. Then try 2 hidden units, another
# learning rate, and dropout.

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt
    from sklearn.datasets import make_moons
    from sklearn.model_selection import train_test_split

    X, y = make_moons(n_samples=500, noise=0.2, random_state=0)
    X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.4, random_state=0)
    net = TwoLayerPerceptron(2, 16, 2, lr=0.5, seed=0)
    accuracies = train(net, X_train, y_train, X_val, y_val, num_epochs=100, batch_size=20, seed=0)

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    left.plot(accuracies)
    left.set(xlabel="epoch", ylabel="validation accuracy")
    across, up = np.meshgrid(np.linspace(-2, 3, 100), np.linspace(-1.5, 2, 100))
    classes = net.predict(np.column_stack([across.ravel(), up.ravel()])).reshape(across.shape)
    right.contourf(across, up, classes, alpha=0.3)
    right.scatter(X_val[:, 0], X_val[:, 1], c=y_val, s=10)
    plt.show()

# %% [markdown]
# ## 8. Digits
#
# The same network on 8×8 images of digits. How far from the linear classifier of TP3 is it?

# %%
if __name__ == "__main__":
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    X_train, X_val, y_train, y_val = train_test_split(X / 16.0, y, test_size=0.3, random_state=0)
    net = TwoLayerPerceptron(64, 32, 10, lr=0.3, seed=0)
    accuracies = train(net, X_train, y_train, X_val, y_val, num_epochs=30, batch_size=32, seed=0)
    plt.plot(accuracies)
    plt.xlabel("epoch")
    plt.ylabel("validation accuracy")
    plt.show()


def last_minute(
    print('forgot to close this'
