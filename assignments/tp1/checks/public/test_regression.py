"""Prediction, loss, gradient, closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, expect_scalar


@pytest.mark.check(points=1.0, group="Model")
def test_add_bias(student: Student, reference: Student, numbers: Any) -> None:
    """add_bias(X) is X with a column of ones in front."""
    X = numbers(7, 3)
    got = expect_array(student.call("add_bias", X), shape=(7, 4), name="add_bias(X)")
    expect_close(got, reference.call("add_bias", X), name="add_bias(X)")


@pytest.mark.check(points=1.5, group="Model")
def test_predict(student: Student, reference: Student, numbers: Any) -> None:
    """predict(X, w) is the bias w[0] plus the weighted sum of the features."""
    X, w = numbers(7, 3), numbers(4)
    got = expect_array(student.call("predict", X, w), shape=(7,), name="predict(X, w)")
    expect_close(got, reference.call("predict", X, w), name="predict(X, w)")


@pytest.mark.check(points=1.5, group="Loss")
def test_squared_loss(student: Student, reference: Student, numbers: Any) -> None:
    """squared_loss(X, y, w) is half the mean of the squared errors."""
    X, y, w = numbers(7, 3), numbers(7), numbers(4)
    got = expect_scalar(student.call("squared_loss", X, y, w), name="the loss")
    expect_close(got, reference.call("squared_loss", X, y, w), name="the loss")


@pytest.mark.check(points=2.0, group="Loss")
def test_loss_gradient(student: Student, reference: Student, numbers: Any) -> None:
    """loss_gradient(X, y, w) is the gradient of the loss in w."""
    X, y, w = numbers(7, 3), numbers(7), numbers(4)
    got = expect_array(student.call("loss_gradient", X, y, w), shape=(4,), name="the gradient")
    expect_close(got, reference.call("loss_gradient", X, y, w), name="the gradient")


@pytest.mark.check(points=1.5, group="Closed form")
def test_closed_form(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """closed_form(X, y) gives the weights of least loss."""
    X, y = rng.normal(size=(11, 3)) + numbers(3), numbers(11)
    got = expect_array(student.call("closed_form", X, y), shape=(4,), name="closed_form(X, y)")
    expect_close(got, reference.call("closed_form", X, y), name="closed_form(X, y)", rtol=1e-5, atol=1e-6)
