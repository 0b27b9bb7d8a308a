"""One example: probabilities, loss, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_gradient, expect_scalar


@pytest.mark.check(points=1.25, group="Softmax")
def test_softmax_values(student: Student, reference: Student, numbers: Any) -> None:
    """softmax(o) gives the probabilities, which sum to 1."""
    o = numbers(5)
    got = expect_array(student.call("softmax", o), shape=(5,), name="softmax(o)")
    expect_close(got, reference.call("softmax", o), name="softmax(o)", atol=1e-6)


@pytest.mark.check(points=0.75, group="Softmax")
def test_softmax_shift(student: Student, numbers: Any) -> None:
    """softmax(o) does not change when all the logits are shifted by 1000."""
    o = numbers(6)
    plain = expect_array(student.call("softmax", o), shape=(6,), name="softmax(o)")
    expect_close(plain.sum(), 1.0, name="sum of softmax(o)", atol=1e-6)
    for shift in (1000.0, -1000.0):
        got = expect_array(student.call("softmax", o + shift), shape=(6,), name="softmax of shifted logits")
        expect_close(got, plain, name="softmax of shifted logits", rtol=1e-3, atol=1e-6)


@pytest.mark.check(points=1.0, group="Loss")
def test_cross_entropy_values(student: Student, reference: Student, probabilities: Any) -> None:
    """cross_entropy(p, c) is -log p[c]."""
    for c in range(4):
        p = probabilities(4)
        got = expect_scalar(student.call("cross_entropy", p, c), name="cross_entropy(p, c)")
        expected = reference.call("cross_entropy", p, c)
        expect_close(got, expected, name="cross_entropy(p, c)", rtol=1e-5, atol=1e-5)


@pytest.mark.check(points=1.0, group="Loss")
def test_loss_gradient_values(student: Student, reference: Student, probabilities: Any) -> None:
    """loss_gradient(p, c) is p with 1 taken off at c."""
    for c in (0, 2, 4):
        p = probabilities(5)
        got = expect_array(student.call("loss_gradient", p, c), shape=(5,), name="loss_gradient(p, c)")
        expect_close(got, reference.call("loss_gradient", p, c), name="loss_gradient(p, c)", atol=1e-6)


@pytest.mark.check(points=0.5, group="Loss", diagnose=False)
def test_loss_gradient_differences(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """loss_gradient agrees with central differences of your own softmax and cross_entropy."""
    o, c = numbers(5), 3
    p = expect_array(student.call("softmax", o), shape=(5,), name="softmax(o)")
    gradient = expect_array(student.call("loss_gradient", p, c), shape=(5,), name="loss_gradient(p, c)")

    def losses(places: Any) -> list[float]:
        found = student.call_each("softmax", [(at,) for at in places])
        values = student.call_each("cross_entropy", [(p, c) for p in found])
        return [expect_scalar(value, name="cross_entropy(softmax(o), c)") for value in values]

    expect_gradient(losses, o, gradient, name="loss_gradient(p, c)", rng=rng)


@pytest.mark.check(points=1.0, group="Model")
def test_predict_proba_values(
    student: Student, reference: Student, numbers: Any, expect_follows: Any
) -> None:
    """predict_proba(x, W, b) is softmax of x W + b."""
    x, W, b = numbers(4), numbers(4, 3), numbers(3)
    got = expect_array(student.call("predict_proba", x, W, b), shape=(3,), name="predict_proba(x, W, b)")
    own = expect_array(student.call("softmax", x @ W + b), name="softmax(o)")
    expect_follows(got, reference.call("predict_proba", x, W, b), own, name="predict_proba(x, W, b)")


@pytest.mark.check(points=1.5, group="Model")
def test_gradients_values(
    student: Student, reference: Student, numbers: Any, pair: Any, expect_follows: Any
) -> None:
    """gradients(x, c, W, b) gives dW and db of the loss of one example."""
    x, c, W, b = numbers(4), 1, numbers(4, 3), numbers(3)
    dW, db = pair(student.call("gradients", x, c, W, b), 4, 3, name="gradients(x, c, W, b)")
    expected = reference.call("gradients", x, c, W, b)
    p = expect_array(student.call("predict_proba", x, W, b), name="predict_proba(x, W, b)")
    g = expect_array(student.call("loss_gradient", p, c), shape=(3,), name="loss_gradient(p, c)")
    expect_follows(dW, expected[0], np.outer(x, g), name="dW")
    expect_follows(db, expected[1], g, name="db")
