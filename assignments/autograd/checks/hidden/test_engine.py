"""The engine: order, depth, fresh starts, differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    StudentObject,
    expect_array,
    expect_close,
    expect_gradient,
    expect_scalar,
    fail,
)


@pytest.mark.check(points=1.5, group="Engine")
def test_topological_order(student: Student, numbers: Any) -> None:
    """topological_order gives each value once, after those that it was made from, the root as the last."""
    a, b = (student.create("Value", x) for x in numbers(2))
    product = student.make("lambda a, b: a * b").call("__call__", a, b)
    total = student.make("lambda a, p: a + p").call("__call__", a, product)
    root = student.make("lambda p, t: t * t * p").call("__call__", product, total)
    if not all(isinstance(v, StudentObject) for v in (product, total, root)):
        fail("The result of an operation is not a Value.")
    order = student.make("lambda root: topological_order(root)").call("__call__", root)
    if not isinstance(order, (list, tuple)):
        fail("topological_order does not return a list.")
    find = student.make("lambda root, v: [i for i, x in enumerate(topological_order(root)) if x is v]")
    places = [find.call("__call__", root, v) for v in (a, b, product, total, root)]
    if any(not isinstance(p, list) for p in places) or not all(places):
        fail("Some values that the root was made from are not in the order.")
    if any(len(p) > 1 for p in places):
        fail("Some values come several times in the order.", mistake="order_with_repetitions")
    at = [expect_scalar(p[0], name="a place in the order") for p in places]
    if not (at[0] < at[2] and at[1] < at[2] < at[3] < at[4] and at[0] < at[3]):
        fail("A value comes before one that it was made from.")
    if at[4] != len(order) - 1:
        fail("The root is not the last.")


@pytest.mark.check(points=1.5, group="Engine", after="add_multiply")
def test_deep(student: Student, numbers: Any, derive: Any) -> None:
    """A chain of 20 000 operations works: no recursion."""
    x, y = numbers(2)
    # so that a slip in short chains is not taken for one in long ones
    derive(student, "(lambda s: s * s + s)(a * b)", [x, y])
    chain = "(lambda s: [s := s + b for _ in range(20000)][-1])(a)"
    data, grads = derive(student, chain, [x, y])
    expect_close(data, x + 20_000 * y, name="the sum")
    expect_close(grads[0], 1.0, name="a.grad for a + b + b + …")
    expect_close(grads[1], 20_000.0, name="b.grad for a + b + b + …")


@pytest.mark.check(points=1.0, group="Engine", after="add_multiply", timeout_s=5)
def test_diamonds(student: Student, reference: Student, numbers: Any, derive: Any) -> None:
    """Where paths part and meet again twelve times, each gradient is complete before it is handed on."""
    diamonds = "(lambda s: [s := s * b + s for _ in range(12)][-1])(a)"
    at = numbers(2)
    data, grads = derive(student, diamonds, at)
    right, right_grads = derive(reference, diamonds, at)
    expect_close(data, right, name="the value")
    expect_close(np.array(grads), np.array(right_grads), name="the gradients")


@pytest.mark.check(points=1.0, group="Engine", after="add_multiply")
def test_backward_again(student: Student, numbers: Any) -> None:
    """A second backward gives the same gradients, and so does one on another result of the same values."""
    x, y = numbers(2)
    a, b = student.create("Value", x), student.create("Value", y)
    first = student.make("lambda a, b: a * b + a").call("__call__", a, b)
    other = student.make("lambda a, b: a * b * b").call("__call__", a, b)
    if not isinstance(first, StudentObject) or not isinstance(other, StudentObject):
        fail("The result of an operation is not a Value.")
    for _ in range(2):
        first.call("backward")
        got = [expect_scalar(v.get("grad"), name="grad") for v in (a, b)]
        expect_close(np.array(got), np.array([y + 1, x]), name="(a.grad, b.grad) of a * b + a")
    other.call("backward")
    got = [expect_scalar(v.get("grad"), name="grad") for v in (a, b)]
    expect_close(np.array(got), np.array([y * y, 2 * x * y]), name="(a.grad, b.grad) of a * b * b")


@pytest.mark.check(points=0.5, group="Engine", after="add_multiply")
def test_differences(student: Student, rng: np.random.Generator, numbers: Any, derive: Any) -> None:
    """The gradients of a long expression agree with central differences of its own value."""
    expression = "((a * b).tanh() + (c / (a * a + 1)).exp()) ** 2 - (b * b + 2).log() * (c - a).relu()"
    at = np.array(numbers(3))
    _, grads = derive(student, expression, at.tolist())
    expect_gradient(
        lambda places: [derive(student, expression, x.tolist(), backward=False)[0] for x in places],
        at,
        np.array(grads),
        name="the gradient",
        rng=rng,
    )


BOWL = "lambda v: (v[0] - 1) * (v[0] - 1) + (v[1] + v[0]) * (v[1] + v[0]) * 0.5"


@pytest.mark.check(points=1.0, group="Use", after=("reused", "plain_numbers"))
def test_descend(student: Student, reference: Student, numbers: Any) -> None:
    """descend takes num_steps steps of gradient descent."""
    start = numbers(2)
    for steps in (1, 7):
        value = student.call("descend", student.make(BOWL), start, 0.25, steps)
        if isinstance(value, (list, tuple)):
            value = np.array([expect_scalar(x, name="a number of the result") for x in value])
        got = expect_array(value, shape=(2,), name="descend(f, start, lr, num_steps)")
        right = reference.call("descend", reference.make(BOWL), start, 0.25, steps)
        expect_close(got, np.array(right), name="descend(f, start, lr, num_steps)")
