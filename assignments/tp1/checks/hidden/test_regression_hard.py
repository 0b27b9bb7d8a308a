"""Where shortcuts show: singular systems, central differences, the examples in each batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_array,
    expect_close,
    expect_gradient,
    expect_scalar,
    expect_unchanged,
    fail,
)


@pytest.mark.check(points=1.0, group="Loss", after="squared_loss")
def test_loss_differences(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """The gradient agrees with central differences of one's own loss."""
    X, y, w = numbers(9, 4), numbers(9), numbers(5)
    gradient = expect_array(student.call("loss_gradient", X, y, w), shape=(5,), name="the gradient")

    def losses(places: Any) -> list[float]:
        values = student.call_each("squared_loss", [(X, y, at) for at in places])
        return [expect_scalar(value, name="the loss") for value in values]

    expect_gradient(losses, w, gradient, name="the gradient", rng=rng)


@pytest.mark.check(points=1.5, group="Closed form", after="closed_form")
def test_closed_form_singular(student: Student, reference: Student, numbers: Any) -> None:
    """Where many weights are equally good, closed_form gives those of least norm."""
    X, y = numbers(8, 3), numbers(8)
    twice = np.column_stack([X, X[:, 0] + X[:, 1]])  # a feature that is the sum of two others
    few, y_few = numbers(3, 5), numbers(3)  # fewer examples than weights
    for A, b, name in ((twice, y, "w with a redundant feature"), (few, y_few, "w with few examples")):
        got = expect_array(student.call("closed_form", A, b), shape=(A.shape[1] + 1,), name=name)
        expect_close(got, reference.call("closed_form", A, b), name=name, rtol=1e-4, atol=1e-5)


@pytest.mark.check(points=1.0, group="Descent")
def test_largest_rate(student: Student, reference: Student, numbers: Any) -> None:
    """largest_rate(X) is 2 / λ, the bias counted in."""
    X = numbers(9, 3)
    got = expect_scalar(student.call("largest_rate", X), name="largest_rate(X)")
    expect_close(got, reference.call("largest_rate", X), name="largest_rate(X)", rtol=1e-5)


@pytest.mark.check(points=1.0, group="Descent", after=("loss_gradient", "gradient_descent"))
def test_descent_converges(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any
) -> None:
    """Enough steps of gradient descent reach the closed form."""
    X, y = rng.normal(size=(20, 2)), numbers(20)
    lr = 0.5 * reference.call("largest_rate", X)
    got = expect_array(student.call("gradient_descent", X, y, numbers(3), lr, 400), shape=(3,), name="w")
    expect_close(got, reference.call("closed_form", X, y), name="w", rtol=1e-3, atol=1e-3)


LR = 2.0**-20  # so small that the steps of one epoch do not see each other


@pytest.mark.check(points=1.5, group="Descent", seeds=3)
def test_sgd_batches(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """An epoch takes every example once, with its value, in shuffled batches; each step is a batch's mean."""
    n, batch_size = 11, 4
    X, y = np.eye(n), 8 * numbers(n)
    # an example in a batch of k moves its own weight by y / k: by the student's own gradient, so that a
    # slip there is not charged here
    whole, rest = (_divisor(student, X[:k], y[:k]) for k in (batch_size, n % batch_size))
    seeds = [int(s) for s in rng.integers(0, 10_000, size=3)]
    moves = [_move(student, X, y, batch_size, seed) for seed in (*seeds, seeds[0])]
    if np.abs(moves[0] - moves.pop()).max() > 0:
        fail("The same seed does not give the same weights.")
    for move in moves:
        _expect_epoch(move, y, whole, rest)
    short = [tuple(np.flatnonzero(np.isclose(y / move, rest, rtol=1e-2))) for move in moves]
    if whole != rest and all(batch == (8, 9, 10) for batch in short):
        fail("The examples are not shuffled.", mistake="not_shuffled")


def _divisor(student: Student, X: Any, y: Any) -> float:
    """What the student's gradient divides by for a batch of this size; 1 where it tells nothing."""
    value = student.call("loss_gradient", X, y, np.zeros(X.shape[1] + 1))
    gradient = expect_array(value, shape=(X.shape[1] + 1,), name="the gradient")[1 : 1 + len(y)]
    return float(-y[0] / gradient[0]) if np.isfinite(gradient).all() and gradient[0] else float(len(y))


def _expect_epoch(move: Any, y: Any, whole: float, rest: float) -> None:
    missing = int((move == 0).sum())
    if missing == 3:
        fail("The last, smaller batch of an epoch is left out.", mistake="last_batch_dropped")
    if missing:
        fail("Some examples are not used in an epoch.")
    divisors = np.sort(y / move)
    if np.allclose(divisors, np.sort([rest] * 3 + [whole] * 8), rtol=1e-2):
        return
    if np.allclose(divisors, whole, rtol=1e-2):
        fail(
            "The step of the last batch is divided by batch_size, not by the examples in it.",
            mistake="nominal_batch_size",
        )
    if np.allclose(divisors, np.sort([-rest] * 3 + [-whole] * 8), rtol=1e-2):
        fail("The steps go uphill.", mistake="sgd_adds")
    fail("The moves of the weights are not those of batches of 4, 4 and 3 examples with their values.")


def _move(student: Student, X: Any, y: Any, batch_size: int, seed: int) -> Any:
    """How the weights of the features move in one epoch, by unit of learning rate."""
    start = np.zeros(len(X) + 1)
    value = student.call("sgd", X, y, start, LR, 1, batch_size, seed)
    return expect_array(value, shape=start.shape, name="w")[1:] / LR


@pytest.mark.check(points=0.5, group="Model")
def test_arguments_untouched(student: Student, numbers: Any) -> None:
    """The functions leave their arguments as they were."""
    X, y, w = numbers(7, 3), numbers(7), numbers(4)
    names = ("X", "y", "w")
    for name in ("squared_loss", "loss_gradient"):
        expect_unchanged(student.arguments_after(name, X, y, w), (X, y, w), names=names)
    expect_unchanged(student.arguments_after("predict", X, w), (X, w), names=("X", "w"))
    expect_unchanged(
        student.arguments_after("gradient_descent", X, y, w, 0.1, 2), (X, y, w), names=("X", "y", "w0")
    )
    expect_unchanged(student.arguments_after("sgd", X, y, w, 0.1, 1, 3, 0), (X, y, w), names=("X", "y", "w0"))
