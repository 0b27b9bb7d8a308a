"""The files of a new assignment; `{tp}`, `{title}` and `{quoted_title}` are filled in."""

from __future__ import annotations

SETTINGS = """\
title = {quoted_title}
points = 4
# due = 2027-01-31T23:59:00+01:00
timezone = "Europe/Paris"
names = ["mean_squared_error", "loss_gradient"] # what the checks look up

[late]
per_day = 0.5 # points per day begun

[files]
wanted = ["{tp}*.ipynb", "{tp}*.py", "*.ipynb", "*.py"]

[imports]
allowed = ["numpy", "matplotlib"]
"""

INSTRUCTIONS = """\
# {title}

Write the two functions of `{tp}.ipynb` (or of `{tp}.py`). `p` and `y` have shape (n,).

| name | gives |
| --- | --- |
| `mean_squared_error(p, y)` | the mean of (p - y)² over the n examples, a float |
| `loss_gradient(p, y)` | its gradient in `p`, shape (n,) |
"""

REFERENCE = '''\
# %% [markdown]
# # {title}
#
# Predictions `p` and targets `y` have shape `(n,)`.

# %%
import numpy as np

# %% [markdown]
# ## 1. The loss
#
# $$L = \\frac{1}{n} \\sum_i (p_i - y_i)^2$$


# %%
def mean_squared_error(p, y):
    """Mean of (p - y)^2 over the examples, a float, for p and y of shape (n,)."""
    # BEGIN SOLUTION
    return np.mean((p - y) ** 2)
    # END SOLUTION


# %% [markdown]
# ## 2. Its gradient


# %%
def loss_gradient(p, y):
    """Gradient of the mean squared error in p, shape (n,)."""
    # BEGIN SOLUTION
    return 2.0 * (p - y) / len(y)
    # END SOLUTION
'''

CONFTEST = '''\
"""What the checks share. Ships to students: no answers here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., np.ndarray]:
    """Makes arrays of numbers of order one, none of them 0."""

    def make(*shape: int) -> np.ndarray:
        return rng.integers(1, 129, size=shape) * rng.choice([-1.0, 1.0], size=shape) / 64

    return make
'''

PUBLIC = '''\
"""The public checks: students run them at home."""

from __future__ import annotations

import pytest

from grader.checks import Student, expect_array, expect_close, expect_scalar


@pytest.mark.check(points=1, group="Loss")
def test_loss_value(student: Student, reference: Student, numbers) -> None:
    """mean_squared_error(p, y) is the mean of the squared differences."""
    p, y = numbers(5), numbers(5)
    got = expect_scalar(student.call("mean_squared_error", p, y), name="mean_squared_error(p, y)")
    expect_close(got, reference.call("mean_squared_error", p, y), name="mean_squared_error(p, y)")


@pytest.mark.check(points=1, group="Gradient")
def test_gradient_value(student: Student, reference: Student, numbers) -> None:
    """loss_gradient(p, y) is the gradient of the mean squared error in p."""
    p, y = numbers(5), numbers(5)
    got = expect_array(student.call("loss_gradient", p, y), shape=(5,), name="loss_gradient(p, y)")
    expect_close(got, reference.call("loss_gradient", p, y), name="loss_gradient(p, y)")
'''

HIDDEN = '''\
"""The hidden checks: other inputs, and those that hide no mistake."""

from __future__ import annotations

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_gradient, expect_scalar, expect_unchanged


@pytest.mark.check(points=1, group="Loss", after="loss_value")
def test_inputs_kept(student: Student, numbers) -> None:
    """Neither function changes its arguments."""
    p, y = numbers(4), numbers(4)
    for name in ("mean_squared_error", "loss_gradient"):
        expect_unchanged(student.arguments_after(name, p, y), (p, y), names=("p", "y"))


@pytest.mark.check(points=1, group="Gradient", after="loss_value", diagnose=False)
def test_gradient_differences(student: Student, rng: np.random.Generator, numbers) -> None:
    """loss_gradient agrees with central differences of your own loss."""
    p, y = numbers(7), numbers(7)
    gradient = expect_array(student.call("loss_gradient", p, y), shape=(7,), name="loss_gradient(p, y)")

    def losses(places):
        values = student.call_each("mean_squared_error", [(at, y) for at in places])
        return [expect_scalar(value, name="mean_squared_error(p, y)") for value in values]

    expect_gradient(losses, p, gradient, name="loss_gradient(p, y)", rng=rng)
'''

MISSING_MEAN = '''\
"""the gradient is not divided by the number of examples"""


def loss_gradient(p, y):
    return 2.0 * (p - y)
'''

SUMMED = '''\
"""the squared differences are summed, not averaged"""


def mean_squared_error(p, y):
    return np.sum((p - y) ** 2)
'''

IN_PLACE = '''\
"""the difference is computed in place, which changes the predictions"""


def mean_squared_error(p, y):
    p -= y
    return np.mean(p**2)
'''

LOOP = '''\
"""loops in place of array operations"""


def mean_squared_error(p, y):
    return sum((a - b) ** 2 for a, b in zip(p, y, strict=True)) / len(p)


def loss_gradient(p, y):
    return np.array([2.0 * (a - b) / len(p) for a, b in zip(p, y, strict=True)])
'''

FILES = {
    "assignment.toml": SETTINGS,
    "instructions.md": INSTRUCTIONS,
    "checks/conftest.py": CONFTEST,
    "checks/public/test_values.py": PUBLIC,
    "checks/hidden/test_hard.py": HIDDEN,
    "mistakes/no_mean.py": MISSING_MEAN,
    "mistakes/summed.py": SUMMED,
    "mistakes/changes_predictions.py": IN_PLACE,
    "variants/with_loops.py": LOOP,
}
