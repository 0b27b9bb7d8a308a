"""Differences, random search."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_scalar, fail

SUM = "lambda x: float((x ** 3 + 2 * x).sum() + x.reshape(-1)[0] * x.reshape(-1)[-1])"


@pytest.mark.check(points=1.0, group="Differences")
def test_forward_differences(student: Student, reference: Student, numbers: Any) -> None:
    """numerical_gradient with method="forward" takes the difference of f(x + h) and f(x)."""
    x = numbers(3, 2)
    got = student.call("numerical_gradient", student.make(SUM), x, 0.125, "forward")
    right = reference.call("numerical_gradient", reference.make(SUM), x, 0.125, "forward")
    expect_close(expect_array(got, shape=(3, 2), name="the gradient"), right, name="the gradient")


@pytest.mark.check(points=1.0, group="Search")
def test_random_search(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """random_search gives weights, biases and their loss; more tries never end worse."""
    X, y = numbers(20, 3), rng.permutation(np.arange(20) % 4)
    one = [_search(student, X, y, 1, 0.5, seed) for seed in (7, 8, 9)]
    many = [_search(student, X, y, 60, 0.5, seed) for seed in (7, 8, 9)]
    if any(more > less for more, less in zip(many, one, strict=True)):
        fail("60 tries end with a higher loss than the first of them.")
    if many == one:
        fail("60 tries end with the same weights as one.")
    _search(student, X, y, 2, 1e-6, 7)


def _search(student: Student, X: Any, y: Any, num_tries: int, scale: float, seed: int) -> float:
    """The loss of what was found, by the student's own hinge loss."""
    value = student.call("random_search", X, y, 4, num_tries, scale, seed)
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        fail("random_search does not return (W, b, loss).")
    W = expect_array(value[0], shape=(3, 4), name="W")
    b = expect_array(value[1], shape=[(4,), (1, 4)], name="b")
    if max(np.abs(W).max(), np.abs(b).max()) > 10 * scale:
        fail("The weights or biases are far larger than `scale`, their standard deviation.")
    loss = expect_scalar(value[2], name="the loss")
    own = expect_scalar(student.call("hinge_loss", X @ W + b, y), name="hinge_loss(S, y)")
    expect_close(loss, own, name="the loss of the weights returned", rtol=1e-4)
    return own
