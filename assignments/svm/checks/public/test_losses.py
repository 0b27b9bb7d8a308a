"""Hinge loss, penalties, cross-entropy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_scalar, expect_vectorised, fail

SCORES = np.array([[3.2, 5.1, -1.7], [1.3, 4.9, 2.0], [2.2, 2.5, -3.1]])  # the lecture's
CLASSES = np.array([0, 1, 2])


def _classes(rng: np.random.Generator, n: int, q: int) -> Any:
    return rng.permutation(np.arange(n) % q)


@pytest.mark.check(points=1.0, group="Hinge loss")
def test_hinge_one(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """hinge_loss_one gives 2.9, 0 and 12.9 on the lecture's examples, and is right on others."""
    for s, c in zip(SCORES, CLASSES, strict=True):
        got = expect_scalar(
            student.call("hinge_loss_one", s, int(c)), name="the loss of the lecture's example"
        )
        right = reference.call("hinge_loss_one", s, int(c))
        expect_close(got, right, name="the loss of the lecture's example", rtol=1e-5, atol=1e-6)
    for c in range(5):
        s = 2 * numbers(5)
        got = expect_scalar(student.call("hinge_loss_one", s, c), name="hinge_loss_one(s, c)")
        expect_close(got, reference.call("hinge_loss_one", s, c), name="hinge_loss_one(s, c)", atol=1e-6)


@pytest.mark.check(points=1.5, group="Hinge loss")
def test_hinge_mean(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """hinge_loss is the mean over the examples: 5.27 for the lecture's three."""
    S, y = 2 * numbers(7, 4), _classes(rng, 7, 4)
    for scores, classes in ((SCORES, CLASSES), (S, y)):
        got = expect_scalar(student.call("hinge_loss", scores, classes), name="hinge_loss(S, y)")
        right = reference.call("hinge_loss", scores, classes)
        expect_close(got, right, name="hinge_loss(S, y)", rtol=1e-5)


@pytest.mark.check(points=1.0, group="Hinge loss", after="hinge_mean")
def test_hinge_vectorised(student: Student, numbers: Any) -> None:
    """hinge_loss and hinge_gradient need no loop over the examples."""
    for name in ("hinge_loss", "hinge_gradient"):
        expect_vectorised(student, name, lambda n: (numbers(n, 4), np.arange(n) % 4))


@pytest.mark.check(points=1.0, group="Hinge loss")
def test_squared_hinge(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """squared_hinge_loss squares each margin before summing."""
    S, y = 2 * numbers(7, 4), _classes(rng, 7, 4)
    got = expect_scalar(student.call("squared_hinge_loss", S, y), name="squared_hinge_loss(S, y)")
    expect_close(got, reference.call("squared_hinge_loss", S, y), name="squared_hinge_loss(S, y)", rtol=1e-5)


@pytest.mark.check(points=2.0, group="Gradients", seeds=3)
def test_hinge_gradient(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """hinge_gradient is the gradient of the mean hinge loss in the scores."""
    S, y = 2 * numbers(7, 4) + 1 / 512, _classes(rng, 7, 4)
    S[np.arange(7), y] += 1 / 256  # so that no margin is exactly 0
    got = expect_array(student.call("hinge_gradient", S, y), shape=(7, 4), name="hinge_gradient(S, y)")
    expect_close(got, reference.call("hinge_gradient", S, y), name="hinge_gradient(S, y)")


@pytest.mark.check(points=1.0, group="Penalties")
def test_penalties(student: Student, reference: Student, numbers: Any) -> None:
    """l2_penalty, l1_penalty and elastic_net are sums over all the weights."""
    W = numbers(3, 4)
    for name, args in (("l2_penalty", (W,)), ("l1_penalty", (W,)), ("elastic_net", (W, 0.25))):
        got = expect_scalar(student.call(name, *args), name=name)
        expect_close(got, reference.call(name, *args), name=name, rtol=1e-5)


@pytest.mark.check(points=1.0, group="Full loss")
def test_regularised_loss(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any
) -> None:
    """regularised_loss is the mean hinge loss of X W + b plus strength times the L2 penalty of W."""
    args = (numbers(7, 3), _classes(rng, 7, 4), numbers(3, 4), numbers(4), 0.25)
    got = expect_scalar(student.call("regularised_loss", *args), name="the full loss")
    right = reference.call("regularised_loss", *args)
    own = _own_loss(student, *args)
    if not np.isclose(got, own, rtol=1e-5):  # a slip in the losses is charged there
        expect_close(got, right, name="the full loss", rtol=1e-5)


def _own_loss(student: Student, X: Any, y: Any, W: Any, b: Any, strength: float) -> float:
    hinge = expect_scalar(student.call("hinge_loss", X @ W + b, y), name="hinge_loss(S, y)")
    penalty = expect_scalar(student.call("l2_penalty", W), name="l2_penalty(W)")
    return hinge + strength * penalty if hinge and penalty else np.nan


@pytest.mark.check(points=1.5, group="Full loss")
def test_regularised_gradient(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any
) -> None:
    """regularised_gradient gives the gradients (dW, db) of the full loss."""
    X, y, W, b = numbers(7, 3), _classes(rng, 7, 4), numbers(3, 4), numbers(4)
    value = student.call("regularised_gradient", X, y, W, b, 0.25)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail("regularised_gradient does not return the pair (dW, db).")
    dW = expect_array(value[0], shape=(3, 4), name="dW")
    db = expect_array(value[1], shape=[(4,), (1, 4)], name="db")
    own = expect_array(
        student.call("hinge_gradient", X @ W + b, y), shape=(7, 4), name="hinge_gradient(S, y)"
    )
    follows = own.any() and np.allclose(dW, X.T @ own + 0.5 * W, rtol=1e-4, atol=1e-6)
    if follows and np.allclose(db, own.sum(axis=0), rtol=1e-4, atol=1e-6):
        return  # a slip in hinge_gradient is charged there
    right = reference.call("regularised_gradient", X, y, W, b, 0.25)
    expect_close(dW, right[0], name="dW")
    expect_close(db, right[1], name="db")


@pytest.mark.check(points=1.0, group="Cross-entropy")
def test_cross_entropy(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """softmax and cross_entropy are right, on the lecture's scores too."""
    for s in (SCORES[0], 3 * numbers(5)):
        got = expect_array(student.call("softmax", s), shape=s.shape, name="softmax(s)")
        expect_close(got, reference.call("softmax", s), name="softmax(s)")
    S, y = 2 * numbers(7, 4), _classes(rng, 7, 4)
    for scores, classes in ((SCORES, CLASSES), (S, y)):
        loss = expect_scalar(student.call("cross_entropy", scores, classes), name="cross_entropy(S, y)")
        right = reference.call("cross_entropy", scores, classes)
        expect_close(loss, right, name="cross_entropy(S, y)", rtol=1e-5)


@pytest.mark.check(points=0.5, group="Cross-entropy")
def test_initial_losses(student: Student, reference: Student) -> None:
    """initial_losses(q) gives both losses of equal scores."""
    for q in (3, 7, 10):
        value = student.call("initial_losses", q)
        value = list(value) if isinstance(value, np.ndarray) and value.shape == (2,) else value
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            fail("initial_losses does not return a pair of floats.")
        right = reference.call("initial_losses", q)
        for got, expected, name in zip(value, right, ("the hinge loss", "the cross-entropy"), strict=True):
            expect_close(expect_scalar(got, name=name), expected, name=name)
