# %% [markdown]
# # A backpropagation engine
#
# Until now you derived every gradient on paper. Here is the machine that does it: numbers that remember how
# they were computed. Each `Value` knows the values that it came from and how its gradient goes back to them.
#
# $$\frac{\partial L}{\partial a} = \sum_{v \text{ made from } a} \frac{\partial L}{\partial v}
# \frac{\partial v}{\partial a}$$
#
# A value that is used twice gets both contributions: gradients **add up**.
#
# Rules: keep the names and the arguments; add as many functions, classes and members of your own as you
# like; logarithms are natural; import nothing but `numpy`, the standard library and `matplotlib`.

# %%
import math

# %% [markdown]
# ## 1. Values
#
# | member | meaning |
# | --- | --- |
# | `data` | the number, a float |
# | `grad` | derivative of the value that `backward` was called on, in this one; 0.0 at first |
#
# `+ - * /` take values and plain numbers on either side; `**` takes a plain number as exponent.
# At 0 any slope from 0 to 1 is accepted for `relu`.
#
# `backward()` starts afresh: it sets the gradients of all the values it reaches to 0, its own to 1, and goes
# through them **from the last to the first**, so that a value's gradient is complete before it is handed on.


# %%
class Value:
    """A number that knows how it was computed.

    Parameters
    ----------
    data : float

    Attributes
    ----------
    data, grad : float

    References
    ----------
    Goodfellow, Bengio, Courville, Deep Learning, section 6.5; Baydin et al. 2018, arXiv:1502.05767;
    A. Karpathy, micrograd (the same idea in 100 lines).
    """

    def __init__(self, data):
        # BEGIN SOLUTION
        self.data = float(data)
        self.grad = 0.0
        self.parents = ()
        self.slopes = ()  # derivative of this value in each parent
        # END SOLUTION

    def __add__(self, other):
        # BEGIN SOLUTION
        other = _as_value(other)
        return _made(self.data + other.data, (self, other), (1.0, 1.0))
        # END SOLUTION

    def __mul__(self, other):
        # BEGIN SOLUTION
        other = _as_value(other)
        return _made(self.data * other.data, (self, other), (other.data, self.data))
        # END SOLUTION

    def __neg__(self):
        # BEGIN SOLUTION
        return _made(-self.data, (self,), (-1.0,))
        # END SOLUTION

    def __sub__(self, other):
        # BEGIN SOLUTION
        return self + (-_as_value(other))
        # END SOLUTION

    def __truediv__(self, other):
        # BEGIN SOLUTION
        other = _as_value(other)
        slopes = (1.0 / other.data, -self.data / other.data**2)
        return _made(self.data / other.data, (self, other), slopes)
        # END SOLUTION

    def __pow__(self, exponent):
        """`exponent` is a plain number."""
        # BEGIN SOLUTION
        slope = exponent * self.data ** (exponent - 1) if exponent else 0.0
        return _made(self.data**exponent, (self,), (slope,))
        # END SOLUTION

    def __radd__(self, other):
        # BEGIN SOLUTION
        return self + other
        # END SOLUTION

    def __rmul__(self, other):
        # BEGIN SOLUTION
        return self * other
        # END SOLUTION

    def __rsub__(self, other):
        # BEGIN SOLUTION
        return _as_value(other) - self
        # END SOLUTION

    def __rtruediv__(self, other):
        # BEGIN SOLUTION
        return _as_value(other) / self
        # END SOLUTION

    def exp(self):
        """Exponential."""
        # BEGIN SOLUTION
        e = math.exp(self.data)
        return _made(e, (self,), (e,))
        # END SOLUTION

    def log(self):
        """Natural logarithm."""
        # BEGIN SOLUTION
        return _made(math.log(self.data), (self,), (1.0 / self.data,))
        # END SOLUTION

    def relu(self):
        """max(x, 0)."""
        # BEGIN SOLUTION
        return _made(max(self.data, 0.0), (self,), (float(self.data > 0),))
        # END SOLUTION

    def tanh(self):
        """Hyperbolic tangent."""
        # BEGIN SOLUTION
        t = math.tanh(self.data)
        return _made(t, (self,), (1.0 - t * t,))
        # END SOLUTION

    def backward(self):
        """Sets `grad` of this value and of all that it was made from."""
        # BEGIN SOLUTION
        order = topological_order(self)
        for value in order:
            value.grad = 0.0
        self.grad = 1.0
        for value in reversed(order):
            for parent, slope in zip(value.parents, value.slopes, strict=True):
                parent.grad += slope * value.grad


def _as_value(x):
    """`x`, or a new Value of the plain number `x`."""
    return x if isinstance(x, Value) else Value(x)


def _made(data, parents, slopes):
    """The Value that an operation made from its parents."""
    value = Value(data)
    value.parents, value.slopes = parents, slopes
    return value
    # END SOLUTION


# %% [markdown]
# ## 2. The order
#
# Every value after all those that it was made from, each once. Python's own stack ends at a depth of about
# 1000: a sum of 20 000 terms, added one after the other, is deeper. Keep a stack of your own.


# %%
def topological_order(root):
    """All the values that `root` was made from, and `root` as the last.

    Returns
    -------
    list of Value
        Each once, after all those that it was made from.

    References
    ----------
    Cormen et al., Introduction to Algorithms, section "Topological sort".
    """
    # BEGIN SOLUTION
    order, seen, stack = [], {id(root)}, [(root, iter(root.parents))]
    while stack:
        value, parents = stack[-1]
        for parent in parents:
            if id(parent) not in seen:
                seen.add(id(parent))
                stack.append((parent, iter(parent.parents)))
                break
        else:
            order.append(value)
            stack.pop()
    return order
    # END SOLUTION


# %% [markdown]
# ## 3. Use it
#
# With an engine, gradient descent needs no calculus at all.


# %%
def descend(f, start, lr, num_steps):
    """Gradient descent on a function of several numbers.

    Parameters
    ----------
    f : function
        Takes a list of Value and gives a Value.
    start : list of float
        Where to begin.
    lr : float
        Learning rate.
    num_steps : int

    Returns
    -------
    list of float
        The numbers after the steps.
    """
    # BEGIN SOLUTION
    point = [float(x) for x in start]
    for _ in range(num_steps):
        values = [Value(x) for x in point]
        f(values).backward()
        point = [v.data - lr * v.grad for v in values]
    return point
    # END SOLUTION


# %% [markdown]
# ## 4. A neuron learns
#
# One tanh neuron with two inputs learns the logical "or" (-1 is false, 1 is true).

# %%
if __name__ == "__main__":
    import matplotlib.pyplot as plt

    EXAMPLES = [((-1, -1), -1), ((-1, 1), 1), ((1, -1), 1), ((1, 1), 1)]

    def neuron_loss(parameters):
        """Squared error of a neuron with weights w1, w2 and bias b."""
        w1, w2, b = parameters
        return sum((((w1 * x1 + w2 * x2 + b).tanh() - y) ** 2 for (x1, x2), y in EXAMPLES), Value(0.0))

    steps = range(0, 60, 5)
    found = [descend(neuron_loss, [0.1, -0.2, 0.0], lr=0.1, num_steps=k) for k in steps]
    plt.plot(steps, [neuron_loss([Value(p) for p in point]).data for point in found], "o-")
    plt.xlabel("step")
    plt.ylabel("loss")
    plt.show()
