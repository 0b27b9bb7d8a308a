"""A stack of layers."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from grader.checks import Student, expect_array, expect_close, expect_equal

SIZES = [[3, 6, 5, 4], [3, 7, 4], [3, 4]]


def _parameters(numbers: Any, sizes: list[int]) -> list[tuple[Any, Any]]:
    return [(numbers(a, b), numbers(b)) for a, b in pairwise(sizes)]


@pytest.mark.check(points=1.0, group="Stack")
def test_stack_shapes(student: Student, numbers: Any) -> None:
    """A Stack has one layer per pair of sizes, and gives one row of logits per example."""
    X = numbers(7, 3)
    shapes = student.make("lambda stack: [layer.W.shape for layer in stack.layers]")
    for sizes in SIZES:
        stack = student.create("Stack", sizes, activation="tanh", scheme="xavier", lr=0.1, seed=3)
        found = shapes.call("__call__", stack)
        expect_equal(found, list(pairwise(sizes)), name="the list of the layers' shapes")
        expect_array(stack.call("forward", X), shape=(7, 4), name="forward(X)")


@pytest.mark.check(points=1.5, group="Stack", after="stack_shapes")
def test_stack_forward(student: Student, reference: Student, numbers: Any, make_stack: Any) -> None:
    """forward(X) is linear, activation, …, linear, for each activation."""
    X = numbers(7, 3)
    for sizes, activation in zip([*SIZES, [3, 5, 4]], ["relu", "tanh", "sigmoid", "sigmoid"], strict=True):
        parameters = _parameters(numbers, sizes)
        got = make_stack(student, parameters, activation=activation).call("forward", X)
        right = make_stack(reference, parameters, activation=activation).call("forward", X)
        expect_close(expect_array(got, shape=(7, 4), name="forward(X)"), right, name="forward(X)", rtol=1e-5)


@pytest.mark.check(points=2.0, group="Stack", after="stack_shapes")
def test_stack_backward(
    student: Student, reference: Student, numbers: Any, make_stack: Any, read_layers: Any
) -> None:
    """backward(out_grad) stores the gradients of all the layers and gives that in X."""
    X, out_grad = numbers(7, 3), numbers(7, 4)
    for sizes, activation in zip(SIZES, ["relu", "tanh", "sigmoid"], strict=True):
        parameters = _parameters(numbers, sizes)
        mine, right = (make_stack(p, parameters, activation=activation) for p in (student, reference))
        for stack in (mine, right):
            stack.call("forward", X)
        dX = expect_array(mine.call("backward", out_grad), shape=(7, 3), name="backward(out_grad)")
        expect_close(dX, right.call("backward", out_grad), name="backward(out_grad)", rtol=1e-5, atol=1e-6)
        expected = read_layers(reference, right, ("dW", "db"), parameters)
        for i, got in enumerate(read_layers(student, mine, ("dW", "db"), parameters)):
            for a, b, name in zip(got, expected[i], ("dW", "db"), strict=True):
                expect_close(a, b, name=f"layers[{i}].{name}", rtol=1e-5, atol=1e-6)
