"""What the checks of autograd share. Ships to students: no answers here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from grader.checks import Student, StudentObject, expect_close, expect_scalar, fail

Derivatives = tuple[float, tuple[float, ...]]


@pytest.fixture
def derive() -> Callable[..., Derivatives]:
    """Computes an expression of a, b, c, … with somebody's Value: its data, and the grad of each."""

    def run(person: Student, expression: str, at: list[float], *, backward: bool = True) -> Derivatives:
        names = "abcde"[: len(at)]
        values = [person.create("Value", x) for x in at]
        result = person.make(f"lambda {', '.join(names)}: {expression}").call("__call__", *values)
        if not isinstance(result, StudentObject):
            fail("The result of an operation is not a Value.")
        data = expect_scalar(result.get("data"), name="data")
        if not backward:
            return data, ()
        result.call("backward")
        return data, tuple(
            expect_scalar(v.get("grad"), name=f"{n}.grad") for v, n in zip(values, names, strict=True)
        )

    return run


@pytest.fixture
def expect_same(derive: Callable[..., Derivatives]) -> Callable[..., None]:
    """Compares an expression's value and gradients with the reference's."""

    def expect(student: Student, reference: Student, expression: str, at: list[float]) -> None:
        data, grads = derive(student, expression, at)
        right, right_grads = derive(reference, expression, at)
        expect_close(data, right, name=f"data of {expression}")
        for got, expected, name in zip(grads, right_grads, "abcde", strict=False):
            expect_close(got, expected, name=f"{name}.grad for {expression}")

    return expect


@pytest.fixture
def numbers(rng: Any) -> Callable[[int], list[float]]:
    """Makes numbers between 1/4 and 2 of either sign, no two of the same size."""

    def make(n: int) -> list[float]:
        sizes = rng.permutation(range(16, 129))[:n] / 64
        return [float(x) for x in sizes * rng.choice([-1.0, 1.0], size=n)]

    return make
