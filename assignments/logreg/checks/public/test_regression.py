"""Logistic regression: probabilities, loss, gradient, descent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_equal, expect_scalar, fail
from grader.model import text


def _classes(rng: np.random.Generator, n: int) -> Any:
    return rng.permutation(np.arange(n) % 3 % 2)


def _pair(value: Any, names: tuple[str, str]) -> tuple[Any, float]:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail(text("What comes back is not the pair ({first}, {second}).", first=names[0], second=names[1]))
    return expect_array(value[0], shape=(3,), name=names[0]), expect_scalar(value[1], name=names[1])


@pytest.mark.check(points=1.0, group="Model")
def test_predict_proba(student: Student, reference: Student, numbers: Any) -> None:
    """predict_proba(X, w, b) is the probability of class 1 of each example."""
    X, w, b = numbers(7, 3), numbers(3), float(numbers(1)[0])
    got = expect_array(student.call("predict_proba", X, w, b), shape=(7,), name="predict_proba(X, w, b)")
    expect_close(got, reference.call("predict_proba", X, w, b), name="predict_proba(X, w, b)")


@pytest.mark.check(points=0.5, group="Model")
def test_predict(student: Student, reference: Student, numbers: Any) -> None:
    """predict(X, w, b) is 1 where the probability is at least 1/2."""
    X, w, b = numbers(40, 3), numbers(3), float(numbers(1)[0])
    for args in ((X, w, b), (0 * X, w, 0.0)):  # the second is exactly undecided
        got = expect_array(student.call("predict", *args), shape=(40,), name="predict(X, w, b)")
        expect_equal(got.astype(int), reference.call("predict", *args), name="predict(X, w, b)")


@pytest.mark.check(points=1.5, group="Loss")
def test_loss(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """loss(X, y, w, b) is the mean negative log-likelihood."""
    X, y, w, b = numbers(7, 3), _classes(rng, 7), numbers(3), float(numbers(1)[0])
    got = expect_scalar(student.call("loss", X, y, w, b), name="the loss")
    expect_close(got, reference.call("loss", X, y, w, b), name="the loss", rtol=1e-5)


@pytest.mark.check(points=2.0, group="Loss")
def test_gradients(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """gradients(X, y, w, b) gives the gradients (dw, db) of the mean loss."""
    X, y, w, b = numbers(7, 3), _classes(rng, 7), numbers(3), float(numbers(1)[0])
    dw, db = _pair(student.call("gradients", X, y, w, b), ("dw", "db"))
    right = reference.call("gradients", X, y, w, b)
    expect_close(dw, right[0], name="dw")
    expect_close(db, right[1], name="db")


@pytest.mark.check(points=1.5, group="Descent")
def test_gradient_descent(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any
) -> None:
    """gradient_descent takes num_steps steps from zero, each with all the examples."""
    X, y = numbers(7, 3), _classes(rng, 7)
    w, b = _pair(student.call("gradient_descent", X, y, 0.5, 3), ("w", "b"))
    own_w, own_b = np.zeros(3), 0.0
    for _ in range(3):  # by the student's own gradients: a slip there is not charged here
        dw, db = _pair(student.call("gradients", X, y, own_w, own_b), ("dw", "db"))
        own_w, own_b = own_w - 0.5 * dw, own_b - 0.5 * db
    if own_w.any() and np.allclose(w, own_w, rtol=1e-5) and np.isclose(b, own_b, rtol=1e-5):
        return
    right = reference.call("gradient_descent", X, y, 0.5, 3)
    expect_close(w, right[0], name="w")
    expect_close(b, right[1], name="b")
