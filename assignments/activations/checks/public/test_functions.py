"""Activations, their derivatives, initial weights, two layers as one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_array, expect_close, fail
from grader.model import text


def _compare(student: Student, reference: Student, name: str, x: Any) -> None:
    got = expect_array(student.call(name, x), shape=x.shape, name=f"{name}(x)")
    expect_close(got, reference.call(name, x), name=f"{name}(x)")


@pytest.mark.check(points=1.0, group="Activations")
def test_sigmoid(student: Student, reference: Student, numbers: Any) -> None:
    """sigmoid(x) is 1 / (1 + exp(-x)) entry by entry."""
    _compare(student, reference, "sigmoid", 3 * numbers(3, 5))


@pytest.mark.check(points=1.0, group="Activations")
def test_sigmoid_gradient(student: Student, reference: Student, numbers: Any) -> None:
    """sigmoid_gradient(x) is the derivative of the sigmoid at x."""
    _compare(student, reference, "sigmoid_gradient", 3 * numbers(3, 5))


@pytest.mark.check(points=0.5, group="Activations")
def test_tanh(student: Student, reference: Student, numbers: Any) -> None:
    """tanh(x) is the hyperbolic tangent entry by entry."""
    _compare(student, reference, "tanh", 2 * numbers(3, 5))


@pytest.mark.check(points=0.5, group="Activations")
def test_tanh_gradient(student: Student, reference: Student, numbers: Any) -> None:
    """tanh_gradient(x) is the derivative of tanh at x."""
    _compare(student, reference, "tanh_gradient", 2 * numbers(3, 5))


@pytest.mark.check(points=0.5, group="Activations")
def test_relu(student: Student, reference: Student, numbers: Any) -> None:
    """relu(x) is max(x, 0); relu_gradient(x) is 1 above 0, 0 below, and anything from 0 to 1 at 0."""
    x = numbers(3, 5)
    _compare(student, reference, "relu", x)
    _compare(student, reference, "relu_gradient", x)
    at_zero = expect_array(student.call("relu_gradient", np.zeros(3)), shape=(3,), name="relu_gradient(0)")
    if (at_zero < 0).any() or (at_zero > 1).any():
        fail("relu_gradient at 0 is not between 0 and 1.")


@pytest.mark.check(points=1.0, group="Softmax")
def test_softmax(student: Student, reference: Student, numbers: Any) -> None:
    """softmax(O) gives the probabilities of each row."""
    _compare(student, reference, "softmax", 2 * numbers(5, 3))


@pytest.mark.check(points=1.5, group="Softmax")
def test_softmax_jacobian(student: Student, reference: Student, numbers: Any) -> None:
    """softmax_jacobian(o) holds the derivatives of the probabilities in the logits."""
    o = numbers(4)
    got = expect_array(student.call("softmax_jacobian", o), shape=(4, 4), name="softmax_jacobian(o)")
    expect_close(got, reference.call("softmax_jacobian", o), name="softmax_jacobian(o)")


@pytest.mark.check(points=2.0, group="Initialisation")
def test_initialise(student: Student, rng: np.random.Generator) -> None:
    """initialise draws weights with mean 0 and the variance of the scheme."""
    n_in, n_out, seed = 160, 240, int(rng.integers(1000))
    variances = {"gaussian": 1e-4, "xavier": 2 / (n_in + n_out), "he": 2 / n_in}
    for scheme, variance in variances.items():
        W, again, other = (
            expect_array(
                student.call("initialise", n_in, n_out, scheme, s), shape=(n_in, n_out), name="the weights"
            )
            for s in (seed, seed, seed + 1)
        )
        if not np.array_equal(W, again) or np.array_equal(W, other):
            fail("The same seed must give the same weights, and another seed others.")
        if abs(W.mean()) > 0.05 * np.sqrt(variance):
            fail(text("The weights of {scheme} do not have mean 0.", scheme=scheme))
        # the variance of 38400 numbers is within 5 % of theirs in all but one case of a billion
        if not 0.95 < W.var() / variance < 1.05:
            found = text(
                "The variance of {scheme} is {ratio} times what it must be.",
                scheme=scheme,
                ratio=f"{W.var() / variance:.3g}",
            )
            fail(found)


@pytest.mark.check(points=1.0, group="Depth")
def test_collapse(student: Student, reference: Student, numbers: Any) -> None:
    """collapse gives W and b of the one layer that two linear layers make."""
    args = (numbers(3, 5), numbers(5), numbers(5, 4), numbers(4))
    value = student.call("collapse", *args)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        fail("collapse does not return the pair (W, b).")
    W, b = reference.call("collapse", *args)
    expect_close(expect_array(value[0], shape=(3, 4), name="W"), W, name="W")
    expect_close(expect_array(value[1], shape=[(4,), (1, 4)], name="b"), b, name="b")
