"""A coin and the sigmoid."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_scalar

TOSSES = np.array([1, 0, 1, 1, 0, 0, 1])  # four heads in seven, as in the lecture


@pytest.mark.check(points=1.0, group="Coin")
def test_likelihood(student: Student, reference: Student, rng: np.random.Generator) -> None:
    """likelihood(p, tosses) is the probability of the sequence."""
    for tosses in (TOSSES, rng.permutation([1, 1, 1, 0, 1, 0])):
        for p in (0.5, float(rng.uniform(0.6, 0.9))):
            got = expect_scalar(student.call("likelihood", p, tosses), name="likelihood(p, tosses)")
            right = reference.call("likelihood", p, tosses)
            expect_close(got, right, name="likelihood(p, tosses)", atol=1e-12)


@pytest.mark.check(points=1.5, group="Coin")
def test_negative_log(student: Student, reference: Student, rng: np.random.Generator) -> None:
    """negative_log_likelihood(p, tosses) is minus the logarithm of the likelihood."""
    name = "negative_log_likelihood(p, tosses)"
    for tosses in (TOSSES, rng.permutation([1, 1, 1, 0, 1, 0])):
        p = float(rng.uniform(0.6, 0.9))
        got = expect_scalar(student.call("negative_log_likelihood", p, tosses), name=name)
        expect_close(got, reference.call("negative_log_likelihood", p, tosses), name=name)


@pytest.mark.check(points=1.0, group="Coin")
def test_best_p(student: Student, reference: Student, rng: np.random.Generator) -> None:
    """best_p gives 4/7 for the lecture's tosses, and is right on others."""
    for tosses in (TOSSES, rng.permutation(np.arange(11) < 3).astype(int), np.ones(4, dtype=int)):
        got = expect_scalar(student.call("best_p", tosses), name="best_p(tosses)")
        expect_close(got, reference.call("best_p", tosses), name="best_p(tosses)")


@pytest.mark.check(points=1.5, group="Sigmoid")
def test_sigmoid(student: Student, reference: Student, numbers: Any) -> None:
    """sigmoid(z) is right entry by entry, for a number and for any shape."""
    for z in (4 * numbers(3, 5), np.array([0.0, 30.0, -30.0])):
        got = expect_array(student.call("sigmoid", z), shape=z.shape, name="sigmoid(z)")
        expect_close(got, reference.call("sigmoid", z), name="sigmoid(z)", atol=1e-12)
    one = expect_scalar(student.call("sigmoid", 0.75), name="sigmoid(0.75)")
    expect_close(one, float(reference.call("sigmoid", 0.75)), name="sigmoid(0.75)")


@pytest.mark.check(points=1.0, group="Sigmoid")
def test_sigmoid_gradient(student: Student, reference: Student, numbers: Any) -> None:
    """sigmoid_gradient(z) is the derivative of the sigmoid at z."""
    z = 4 * numbers(3, 5)
    got = expect_array(student.call("sigmoid_gradient", z), shape=(3, 5), name="sigmoid_gradient(z)")
    expect_close(got, reference.call("sigmoid_gradient", z), name="sigmoid_gradient(z)")


@pytest.mark.check(points=1.0, group="Sigmoid")
def test_logit(student: Student, reference: Student, rng: np.random.Generator) -> None:
    """logit(p) is the inverse of the sigmoid."""
    p = rng.uniform(0.05, 0.95, size=(2, 4))
    got = expect_array(student.call("logit", p), shape=(2, 4), name="logit(p)")
    expect_close(got, reference.call("logit", p), name="logit(p)")
