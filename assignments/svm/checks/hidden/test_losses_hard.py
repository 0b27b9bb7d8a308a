"""Where shortcuts show: extreme scores, absent classes, differences of one's own loss."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_gradients,
    expect_raises,
    expect_scalar,
    expect_unchanged,
    fail,
)
from grader.model import text

CUBES = "lambda x: float((x ** 3).sum() + x.reshape(-1)[1] * x.reshape(-1)[2])"


@pytest.mark.check(points=1.0, group="Gradients", seeds=3)
def test_squared_gradient(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any
) -> None:
    """squared_hinge_gradient is the gradient of the mean squared hinge loss in the scores."""
    S, y = 2 * numbers(7, 4), rng.permutation(np.arange(7) % 4)
    name = "squared_hinge_gradient(S, y)"
    got = expect_array(student.call("squared_hinge_gradient", S, y), shape=(7, 4), name=name)
    expect_close(got, reference.call("squared_hinge_gradient", S, y), name=name)


@pytest.mark.check(points=1.0, group="Full loss", after="regularised_loss")
def test_loss_differences(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """The gradient of the full loss agrees with central differences of one's own."""
    X, y, W, b = numbers(9, 3), rng.permutation(np.arange(9) % 5), numbers(3, 5), numbers(5)
    value = student.call("regularised_gradient", X, y, W, b, 0.125)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail("regularised_gradient does not return the pair (dW, db).")
    dW = expect_array(value[0], shape=(3, 5), name="dW")
    db = expect_array(value[1], shape=[(5,), (1, 5)], name="db")

    def losses(places: Any) -> list[float]:
        values = student.call_each("regularised_loss", [(X, y, W, b, 0.125) for W, b in places])
        return [expect_scalar(value, name="the full loss") for value in values]

    expect_gradients(losses, (W, b), (dW, db), names=("dW", "db"), rng=rng)


@pytest.mark.check(points=1.0, group="Differences")
def test_central_differences(student: Student, reference: Student, numbers: Any) -> None:
    """numerical_gradient takes central differences by default, and refuses another method."""
    x = numbers(2, 3)
    for options in ((0.25,), (0.125, "central"), ()):
        value = student.call("numerical_gradient", student.make(CUBES), x, *options)
        right = reference.call("numerical_gradient", reference.make(CUBES), x, *options)
        got = expect_array(value, shape=(2, 3), name="the gradient")
        expect_close(got, right, name="the gradient", rtol=1e-5, atol=1e-5)
    expect_raises(
        student, "numerical_gradient", student.make(CUBES), x, 0.1, "sideways", exception="ValueError"
    )


@pytest.mark.check(points=0.5, group="Hinge loss", after="hinge_mean")
def test_absent_class(student: Student, reference: Student, numbers: Any) -> None:
    """A class that no example has, and scores that are all equal, change nothing in the rules."""
    S, y = numbers(5, 6), np.array([0, 2, 2, 4, 0])
    for scores in (S, np.zeros((5, 6))):
        got = expect_scalar(student.call("hinge_loss", scores, y), name="hinge_loss(S, y)")
        expect_close(got, reference.call("hinge_loss", scores, y), name="hinge_loss(S, y)", rtol=1e-5)


@pytest.mark.check(points=1.0, group="Cross-entropy", after="cross_entropy")
def test_extreme_scores(student: Student, reference: Student, numbers: Any) -> None:
    """softmax and cross_entropy stay finite and right for scores up to ±1e4."""
    S, y = numbers(4, 3), np.array([0, 2, 1, 1])
    for scores in (S + 1000, S - 1000, S * np.array([[1e4], [800.0], [1.0], [0.0]])):
        p = expect_array(student.call("softmax", scores[0]), shape=(3,), name="softmax(s)")
        expect_close(p, reference.call("softmax", scores[0]), name="softmax(s)", rtol=1e-4)
        loss = expect_scalar(student.call("cross_entropy", scores, y), name="cross_entropy(S, y)")
        right = reference.call("cross_entropy", scores, y)
        expect_close(loss, right, name="cross_entropy(S, y)", rtol=1e-4)


@cache
def _digits(seed: int) -> tuple[Any, ...]:
    with np.load(Path(__file__).parents[1] / "digits.npz") as kept:
        X, y = kept["X"] / 16.0, kept["y"]
    order = np.random.default_rng(seed).permutation(len(X))
    train, test = order[:600], order[600:1100]
    parts = X[train], y[train], X[test], y[test]
    for array in parts:
        array.flags.writeable = False  # they are there for the next student too
    return parts


def _pair(value: Any, name: str) -> tuple[Any, Any]:
    """Two arrays for 64 features and 10 classes."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail(text("What comes back is not the pair {name}.", name=name))
    first = expect_array(value[0], shape=(64, 10), name=f"the first of {name}")
    return first, expect_array(value[1], shape=[(10,), (1, 10)], name=f"the second of {name}")


@pytest.mark.check(points=0.5, group="Search")
def test_descent_steps(student: Student, rng: np.random.Generator) -> None:
    """gradient_descent starts from zero and moves by -lr times one's own gradient."""
    X, y = rng.normal(size=(30, 64)), rng.permutation(np.arange(30) % 10 % 7)  # some classes more often
    W, b = np.zeros((64, 10)), np.zeros(10)
    for _ in range(2):
        dW, db = _pair(student.call("regularised_gradient", X, y, W, b, 0.25), "(dW, db)")
        W, b = W - 0.5 * dW, b - 0.5 * db
    got = _pair(student.call("gradient_descent", X, y, 10, 0.5, 2, 0.25), "(W, b)")
    expect_close(got[0], W, name="W", rtol=1e-4, atol=1e-6)
    expect_close(got[1], b, name="b", rtol=1e-4, atol=1e-6)


@pytest.mark.check(points=1.0, group="Search", timeout_s=20, diagnose=False)
def test_descent_beats_search(student: Student) -> None:
    """Gradient descent is right on 80 % of the digits kept apart (points from 60 %)."""
    values = []
    for seed in (3, 4):
        X, y, X_test, y_test = _digits(seed)
        W, b = _pair(student.call("gradient_descent", X, y, 10, 0.1, 100, 1e-3), "(W, b)")
        values.append(float(np.mean(np.argmax(X_test @ W + b, axis=1) == y_test)))
    expect_accuracy(values, floor=0.6, target=0.8, name="accuracy on the digits")


@pytest.mark.check(points=0.5, group="Search")
def test_arguments_untouched(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """The functions leave their arguments as they were."""
    S, X, W, b = numbers(7, 4), numbers(7, 3), numbers(3, 4), numbers(4)
    y = rng.permutation(np.arange(7) % 4)
    expect_unchanged(student.arguments_after("hinge_loss_one", S[0], 1), (S[0],), names=("s",))
    names = ("hinge_loss", "squared_hinge_loss", "hinge_gradient", "squared_hinge_gradient", "cross_entropy")
    for name in names:
        expect_unchanged(student.arguments_after(name, S, y), (S, y), names=("S", "y"))
    seen = student.arguments_after("regularised_gradient", X, y, W, b, 0.1)
    expect_unchanged(seen, (X, y, W, b), names=("X", "y", "W", "b"))
    x = numbers(5)
    seen = student.arguments_after("numerical_gradient", student.make(CUBES), x, 0.125, "central")
    # x + h - 2h + h may differ from x in its last digit
    if not np.allclose(seen[1], x, rtol=1e-9, atol=0):
        fail("The call changed its argument x: work on a copy of it.")
