"""ReLU and its derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_vectorised


@pytest.mark.check(points=0.5, group="ReLU")
def test_relu_values(student: Student, reference: Student, numbers: Any) -> None:
    """relu(x) is max(x, 0) of each entry, for an array of any shape."""
    for shape in ((5, 4), (7,), (2, 3, 4)):
        x = numbers(*shape)
        x.flat[1] = 0.0
        got = expect_array(student.call("relu", x), shape=shape, name="relu(x)")
        expect_close(got, reference.call("relu", x), name="relu(x)")


@pytest.mark.check(points=1.0, group="ReLU")
def test_relu_gradient_values(student: Student, reference: Student, numbers: Any) -> None:
    """relu_gradient(x) is 1 where x > 0, 0 where x < 0, and between 0 and 1 at 0."""
    for shape in ((5, 4), (7,), (2, 3, 4)):
        x = numbers(*shape)
        x.flat[1] = 0.0
        got = expect_array(student.call("relu_gradient", x), shape=shape, name="relu_gradient(x)")
        free = (x == 0) & (got >= 0) & (got <= 1)
        expected = reference.call("relu_gradient", x)
        expect_close(np.where(free, expected, got), expected, name="relu_gradient(x)")


@pytest.mark.check(points=0.25, group="ReLU", after=("relu_values", "relu_gradient_values"))
def test_relu_vectorised(student: Student, numbers: Any) -> None:
    """relu and relu_gradient have no loop over examples or entries."""
    x = numbers(64, 3)
    for name in ("relu", "relu_gradient"):
        expect_vectorised(student, name, lambda n: (x[:n],))
