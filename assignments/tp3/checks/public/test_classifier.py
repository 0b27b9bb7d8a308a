"""Softmax regression of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_scalar,
    expect_vectorised,
)
from grader.model import Chart, Series


@pytest.mark.check(points=1.0, group="Softmax")
def test_softmax_values(student: Student, reference: Student, numbers: Any) -> None:
    """softmax(O) gives the probabilities of every row, which sum to 1."""
    O = numbers(5, 3)
    got = expect_array(student.call("softmax", O), shape=(5, 3), name="softmax(O)")
    expect_close(got, reference.call("softmax", O), name="softmax(O)", atol=1e-6)


@pytest.mark.check(points=0.5, group="Softmax")
def test_softmax_shift(student: Student, numbers: Any) -> None:
    """softmax(O) does not change when all the logits are shifted by 1000."""
    O = numbers(6, 4)
    plain = expect_array(student.call("softmax", O), shape=(6, 4), name="softmax(O)")
    expect_close(plain.sum(), 6.0, name="sum of softmax(O)", atol=1e-5)
    for shift in (1000.0, -1000.0):
        got = expect_array(student.call("softmax", O + shift), shape=(6, 4), name="softmax of shifted logits")
        expect_close(got, plain, name="softmax of shifted logits", rtol=1e-3, atol=1e-6)


@pytest.mark.check(points=0.5, group="Softmax", after="softmax_values")
def test_softmax_vectorised(student: Student, numbers: Any) -> None:
    """softmax has no loop over examples."""
    O = numbers(64, 3)
    expect_vectorised(student, "softmax", lambda n: (O[:n],))


@pytest.mark.check(points=1.0, group="Loss")
def test_cross_entropy_values(
    student: Student, reference: Student, rng: np.random.Generator, probabilities: Any
) -> None:
    """cross_entropy(P, y) is the mean of -log P[i, y[i]]."""
    P, y = probabilities(6, 4), rng.permutation(np.arange(6) % 4)
    got = expect_scalar(student.call("cross_entropy", P, y), name="cross_entropy(P, y)")
    expected = reference.call("cross_entropy", P, y)
    expect_close(got, expected, name="cross_entropy(P, y)", rtol=1e-5, atol=1e-5)


@pytest.mark.check(points=1.5, group="Loss")
def test_loss_gradient_values(
    student: Student, reference: Student, rng: np.random.Generator, probabilities: Any
) -> None:
    """loss_gradient(P, y) is the gradient of the mean loss in the logits, the division by n included."""
    P, y = probabilities(7, 4), rng.permutation(np.arange(7) % 4)
    got = expect_array(student.call("loss_gradient", P, y), shape=(7, 4), name="loss_gradient(P, y)")
    expect_close(got, reference.call("loss_gradient", P, y), name="loss_gradient(P, y)", atol=1e-6)


@pytest.mark.check(points=0.5, group="Loss", after=("cross_entropy_values", "loss_gradient_values"))
def test_losses_vectorised(student: Student, rng: np.random.Generator, probabilities: Any) -> None:
    """cross_entropy and loss_gradient have no loop over examples."""
    P, y = probabilities(64, 3), rng.permutation(np.arange(64) % 3)
    for name in ("cross_entropy", "loss_gradient"):
        expect_vectorised(student, name, lambda n: (P[:n], y[:n]))


@pytest.mark.check(points=1.0, group="Model")
def test_predict_proba_values(
    student: Student, reference: Student, numbers: Any, expect_follows: Any
) -> None:
    """predict_proba(X, W, b) is softmax of X W + b."""
    X, W, b = numbers(6, 4), numbers(4, 3), numbers(3)
    got = expect_array(student.call("predict_proba", X, W, b), shape=(6, 3), name="predict_proba(X, W, b)")
    own = expect_array(student.call("softmax", X @ W + b), name="softmax(O)")
    expect_follows(got, reference.call("predict_proba", X, W, b), own, name="predict_proba(X, W, b)")


@pytest.mark.check(points=1.5, group="Model")
def test_gradients_values(
    student: Student,
    reference: Student,
    rng: np.random.Generator,
    numbers: Any,
    pair: Any,
    expect_follows: Any,
) -> None:
    """gradients(X, y, W, b) gives dW and db of the mean loss."""
    X, y, W, b = numbers(6, 4), rng.permutation(np.arange(6) % 3), numbers(4, 3), numbers(3)
    dW, db = pair(student.call("gradients", X, y, W, b), 4, 3, name="gradients(X, y, W, b)")
    expected = reference.call("gradients", X, y, W, b)
    P = expect_array(student.call("predict_proba", X, W, b), name="predict_proba(X, W, b)")
    G = expect_array(student.call("loss_gradient", P, y), shape=(6, 3), name="loss_gradient(P, y)")
    expect_follows(dW, expected[0], X.T @ G, name="dW")
    expect_follows(db, expected[1], G.sum(axis=0), name="db")


@pytest.mark.check(points=0.75, group="Model")
def test_accuracy_values(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """accuracy(X, y, W, b) is the share of right predictions."""
    X, W, b = numbers(8, 4), numbers(4, 3), numbers(3)
    own = expect_array(student.call("predict_proba", X, W, b), shape=(8, 3), name="predict_proba(X, W, b)")
    y = np.argmax(own, axis=1)
    wrong = rng.choice(8, size=3, replace=False)
    y[wrong] = (y[wrong] + 1) % 3
    got = expect_scalar(student.call("accuracy", X, y, W, b), name="accuracy(X, y, W, b)")
    expect_close(got, 5 / 8, name="accuracy(X, y, W, b) with 5 of 8 right", atol=1e-6)


@pytest.mark.check(points=1.0, group="Model", after="gradients_values")
def test_model_vectorised(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any, attach: Any
) -> None:
    """predict_proba, gradients and accuracy have no loop over examples."""
    X, y, W, b = numbers(64, 4), rng.permutation(np.arange(64) % 3), numbers(4, 3), numbers(3)
    attach(_work(student, reference, X, y, W, b))
    expect_vectorised(student, "gradients", lambda n: (X[:n], y[:n], W, b))
    expect_vectorised(student, "predict_proba", lambda n: (X[:n], W, b))
    expect_vectorised(student, "accuracy", lambda n: (X[:n], y[:n], W, b))


def _work(student: Student, reference: Student, X: Any, y: Any, W: Any, b: Any) -> Chart:
    """The instructions that Python executes, beside those of TP2's loop."""
    sizes = (8, 24, 40, 64)
    answering = (
        ("your gradients", student, "gradients"),
        ("one example at a time", reference, "naive_gradients"),
        ("the solution", reference, "gradients"),
    )
    return Chart(
        title="How much work gradients leaves to Python",
        x_label="examples",
        y_label="Python instructions",
        series=tuple(
            Series(
                label=label,
                x=tuple(float(n) for n in sizes),
                y=tuple(float(who.observe(name, X[:n], y[:n], W, b).instructions) for n in sizes),
            )
            for label, who, name in answering
        ),
    )


@pytest.mark.check(points=0.75, group="Training", timeout_s=20, diagnose=False)
def test_train_overfits(student: Student, digits: Any, train: Any) -> None:
    """Trained on a single batch of 64 digits, the model is right on all of them (points from 80 %)."""
    values = []
    for seed in (1, 2):
        X, y = digits(seed)
        W, b = train(student, X[:64], y[:64], 10, num_epochs=60, batch_size=8, lr=0.5, seed=seed)
        values.append(float(np.mean(np.argmax(X[:64] @ W + b, axis=1) == y[:64])))
    expect_accuracy(values, floor=0.8, target=1.0, name="accuracy on the batch itself")
