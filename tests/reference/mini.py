# %% [markdown]
# # Mini
# Softmax, its loss, and a layer that scales.

# %%
import numpy as np


# %%
def softmax(O):
    """Rows of logits (n, q) to rows of probabilities (n, q)."""
    # BEGIN SOLUTION
    e = np.exp(O - O.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
    # END SOLUTION


# %%
def cross_entropy(P, y):
    """Mean of -log P[i, y[i]]."""
    # BEGIN SOLUTION
    return -np.mean(np.log(P[np.arange(len(y)), y]))
    # END SOLUTION


# %%
class Scale:
    """Z = w X for one number w."""

    def __init__(self, w=2.0):
        # BEGIN SOLUTION
        self.w = w
        # END SOLUTION

    def forward(self, X):
        """Output (n, d)."""
        # BEGIN SOLUTION
        self.X = X
        return self.w * X
        # END SOLUTION

    def backward(self, out_grad):
        """Gradient in the input; stores dw."""
        # BEGIN SOLUTION
        self.dw = np.sum(self.X * out_grad)
        return self.w * out_grad
        # END SOLUTION
