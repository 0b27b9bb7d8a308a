"""Walking downhill."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_equal, fail


@pytest.mark.check(points=1.5, group="Descent")
def test_descend_1d(student: Student, reference: Student, rng: np.random.Generator) -> None:
    """descend_1d gives the start and the position after each step."""
    a, b, w0 = rng.uniform(0.5, 1.5), rng.uniform(2.0, 3.0), float(rng.uniform(4.0, 5.0))
    slope = f"lambda w: {a:.3f} * (w - {b:.3f}) + 0.05 * w ** 2"
    got = student.call("descend_1d", student.make(slope), w0, 0.25, 6)
    if isinstance(got, (list, tuple)):
        got = np.array([float(np.asarray(w).reshape(-1)[0]) for w in got if _is_number(w)])
    got = expect_array(got, shape=[(7,), (7, 1)], name="the path")
    right = reference.call("descend_1d", reference.make(slope), w0, 0.25, 6)
    expect_close(got, np.array(right), name="the path")


def _is_number(w: Any) -> bool:
    return isinstance(w, (int, float, np.generic)) or (isinstance(w, np.ndarray) and w.size == 1)


@pytest.mark.check(points=1.5, group="Descent")
def test_gradient_descent(student: Student, reference: Student, numbers: Any, expect_follows: Any) -> None:
    """gradient_descent takes num_steps steps from w0, each with all the examples."""
    X, y, w0 = numbers(7, 3), numbers(7), numbers(4)
    got = expect_array(student.call("gradient_descent", X, y, w0, 0.1, 3), shape=(4,), name="w")
    own = w0
    for _ in range(3):
        own = own - 0.1 * expect_array(
            student.call("loss_gradient", X, y, own), shape=(4,), name="the gradient"
        )
    expect_follows(got, reference.call("gradient_descent", X, y, w0, 0.1, 3), own, w0, name="w")


@pytest.mark.check(points=1.5, group="Descent", after=("loss_gradient", "gradient_descent", "closed_form"))
def test_judge_rate(student: Student, reference: Student, numbers: Any) -> None:
    """judge_rate tells learning rates that are too small, good and divergent apart."""
    X, y = numbers(9, 2), 3 + numbers(9)
    largest = reference.call("largest_rate", X)
    # so that a slip in these two is not taken for one in the judgement
    expect_array(student.call("loss_gradient", X, y, np.ones(3)), shape=(3,), name="the gradient")
    expect_array(student.call("closed_form", X, y), shape=(3,), name="closed_form(X, y)")
    near = 1 + X.sum(axis=1)  # all weights 1 are right: how far descent comes depends on where it starts
    for values, share in ((y, 1e-3), (y, 1.1), (y, 0.9), (y, 10.0), (y, 0.0), (near, 1e-3)):
        args = (X, values, share * largest, 200)
        got = student.call("judge_rate", *args)
        expect_equal(got, reference.call("judge_rate", *args), name="judge_rate(X, y, lr, 200)")


@pytest.mark.check(points=1.5, group="Descent")
def test_sgd_recovers(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """sgd finds the weights again that the data were made with, to within 0.05."""
    w_true, X = 2 * numbers(4), rng.normal(size=(400, 3))
    # so that a slip in the gradient is not taken for one in the descent
    expect_array(student.call("loss_gradient", X, X[:, 0], w_true), shape=(4,), name="the gradient")
    y = w_true[0] + X @ w_true[1:] + rng.normal(scale=0.01, size=400)
    got = expect_array(student.call("sgd", X, y, np.zeros(4), 0.05, 15, 10, 3), shape=(4,), name="w")
    if np.abs(got - w_true).max() > 0.05:
        expect_close(got, w_true, name="w", rtol=0, atol=0.05)
        fail("The weights are too far from those that the data were made with.")
