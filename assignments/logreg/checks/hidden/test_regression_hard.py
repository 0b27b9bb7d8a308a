"""Where shortcuts show: long sequences, extreme logits, the examples in each batch, spam."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_gradients,
    expect_scalar,
    expect_unchanged,
    fail,
)

LR = 2.0**-20  # so small that the steps of one epoch do not see each other


def _pair(value: Any, d: int, name: str) -> tuple[Any, float]:
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail("The function does not return a pair of an array and a float.")
    return expect_array(value[0], shape=(d,), name=f"the first of {name}"), expect_scalar(
        value[1], name=f"the second of {name}"
    )


@pytest.mark.check(points=0.5, group="Coin", after="negative_log")
def test_many_tosses(student: Student, reference: Student, rng: np.random.Generator) -> None:
    """negative_log_likelihood is finite and right for 5000 tosses, where the product underflows."""
    tosses = rng.permutation((np.arange(5000) % 5 < 2).astype(int))
    name = "negative_log_likelihood(p, tosses)"
    got = expect_scalar(student.call("negative_log_likelihood", 0.375, tosses), name=name)
    expect_close(got, reference.call("negative_log_likelihood", 0.375, tosses), name=name)


@pytest.mark.check(points=1.0, group="Sigmoid", after="sigmoid")
def test_sigmoid_extreme(student: Student, reference: Student, rng: np.random.Generator) -> None:
    """sigmoid has no overflow up to ±1e4, and sigmoid(-z) + sigmoid(z) is 1."""
    z = rng.permutation([1e4, -1e4, 800.0, -800.0, 35.0, -35.0, 0.5])
    got = expect_array(student.call("sigmoid", z), shape=(7,), name="sigmoid(z)")
    expect_close(got, reference.call("sigmoid", z), name="sigmoid(z)", atol=1e-12)
    other = expect_array(student.call("sigmoid", -z), shape=(7,), name="sigmoid(-z)")
    expect_close(got + other, np.ones(7), name="sigmoid(z) + sigmoid(-z)")
    slope = expect_array(student.call("sigmoid_gradient", z), shape=(7,), name="sigmoid_gradient(z)")
    expect_close(slope, reference.call("sigmoid_gradient", z), name="sigmoid_gradient(z)", atol=1e-12)


@pytest.mark.check(points=1.0, group="Loss", after="loss")
def test_loss_extreme(student: Student, reference: Student) -> None:
    """The loss is finite and right for logits up to ±1e4, on the wrong side too."""
    X, w, b = np.array([[1e4], [-1e4], [900.0], [-900.0], [40.0], [0.5]]), np.array([1.0]), 0.25
    for y in (np.array([1, 0, 1, 0, 1, 0]), np.array([0, 1, 0, 1, 0, 1])):
        got = expect_scalar(student.call("loss", X, y, w, b), name="the loss")
        expect_close(got, reference.call("loss", X, y, w, b), name="the loss", rtol=1e-5)


@pytest.mark.check(points=1.0, group="Loss", after="loss")
def test_loss_differences(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """The gradients agree with central differences of one's own loss."""
    X, y, w, b = numbers(11, 4), rng.permutation(np.arange(11) % 2), numbers(4), numbers(1)
    dw, db = _pair(student.call("gradients", X, y, w, float(b[0])), 4, "(dw, db)")

    def losses(places: Any) -> list[float]:
        values = student.call_each("loss", [(X, y, w, float(b[0])) for w, b in places])
        return [expect_scalar(value, name="the loss") for value in values]

    expect_gradients(losses, (w, b), (dw, np.array([db])), names=("dw", "db"), rng=rng)


@pytest.mark.check(points=1.0, group="Descent", seeds=3)
def test_batches(student: Student, rng: np.random.Generator) -> None:
    """An epoch takes every example once, with its class, in shuffled batches; each step is a batch's mean."""
    n, batch_size = 11, 4
    X, y = np.eye(n), rng.permutation(np.arange(n) % 2)
    # an example in a batch of k moves its own weight by (y - 1/2) / k: by the student's own gradient, so
    # that a slip there is not charged here
    whole, rest = (_divisor(student, X[:k], y[:k]) for k in (batch_size, n % batch_size))
    seeds = [int(s) for s in rng.integers(0, 10_000, size=3)]
    moves = [_move(student, X, y, batch_size, seed) for seed in (*seeds, seeds[0])]
    if np.abs(moves[0] - moves.pop()).max() > 0:
        fail("The same seed does not give the same weights.")
    for move in moves:
        _expect_epoch(move, y, whole, rest)
    short = [tuple(np.flatnonzero(np.isclose((y - 0.5) / move, rest, rtol=1e-2))) for move in moves]
    if whole != rest and all(batch == (8, 9, 10) for batch in short):
        fail("The examples are not shuffled.", mistake="not_shuffled")
    # one batch of all the examples is one step of gradient descent, for the bias too
    dw, db = _pair(student.call("gradients", X, y, np.zeros(n), 0.0), n, "(dw, db)")
    w, b = _pair(student.call("minibatch_descent", X, y, 0.5, 1, n, seeds[0]), n, "(w, b)")
    expect_close(w, -0.5 * dw, name="w after one step", rtol=1e-5)
    expect_close(b, -0.5 * db, name="b after one step", rtol=1e-5)


def _divisor(student: Student, X: Any, y: Any) -> float:
    """What the student's gradient divides by for a batch of this size; its size where that tells nothing."""
    value = student.call("gradients", X, y, np.zeros(X.shape[1]), 0.0)
    slope = float(_pair(value, X.shape[1], "(dw, db)")[0][0])
    return float((0.5 - y[0]) / slope) if slope else float(len(y))


def _move(student: Student, X: Any, y: Any, batch_size: int, seed: int) -> Any:
    """How the weights move in one epoch, by unit of learning rate."""
    value = student.call("minibatch_descent", X, y, LR, 1, batch_size, seed)
    return _pair(value, X.shape[1], "(w, b)")[0] / LR


def _expect_epoch(move: Any, y: Any, whole: float, rest: float) -> None:
    missing = int((move == 0).sum())
    if missing == 3:
        fail("The last, smaller batch of an epoch is left out.", mistake="last_batch_dropped")
    if missing:
        fail("Some examples are not used in an epoch.")
    divisors = np.sort((y - 0.5) / move)
    if np.allclose(divisors, np.sort([rest] * 3 + [whole] * 8), rtol=1e-2):
        return
    if np.allclose(divisors, whole, rtol=1e-2):
        fail(
            "The step of the last batch is divided by batch_size, not by the examples in it.",
            mistake="nominal_batch_size",
        )
    fail("The moves of the weights are not those of batches of 4, 4 and 3 examples with their classes.")


def _spam(seed: int, n: int = 600) -> tuple[Any, Any]:
    """Counts of 20 words in messages, some words more frequent in spam; made on the spot."""
    rng = np.random.default_rng(seed)
    rates = np.full((2, 20), 0.6)
    rates[1, :6] = 1.8
    rates[0, 6:12] = 1.5
    y = rng.integers(0, 2, size=n)
    return rng.poisson(rates[y]).astype(float), y


@pytest.mark.check(points=1.5, group="Descent", timeout_s=20, diagnose=False)
def test_spam(student: Student) -> None:
    """Minibatch and single-example descent are right on 88 % of messages kept apart (points from 75 %)."""
    values = []
    for seed in (1, 2):
        X, y = _spam(seed)
        for name, args in (("minibatch_descent", (0.1, 10, 20, seed)), ("sgd", (0.02, 5, seed))):
            w, b = _pair(student.call(name, X[:300], y[:300], *args), 20, "(w, b)")
            values.append(float(np.mean((X[300:] @ w + b > 0) == y[300:])))
    expect_accuracy(values, floor=0.75, target=0.88, name="accuracy on the messages")


@pytest.mark.check(points=0.5, group="Model")
def test_arguments_untouched(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """The functions leave their arguments as they were."""
    X, y, w, z = numbers(7, 3), rng.permutation(np.arange(7) % 2), numbers(3), numbers(5)
    expect_unchanged(student.arguments_after("sigmoid", z), (z,), names=("z",))
    for name in ("loss", "gradients"):
        expect_unchanged(student.arguments_after(name, X, y, w, 0.5), (X, y, w), names=("X", "y", "w"))
    seen = student.arguments_after("minibatch_descent", X, y, 0.1, 2, 3, 0)
    expect_unchanged(seen, (X, y), names=("X", "y"))
