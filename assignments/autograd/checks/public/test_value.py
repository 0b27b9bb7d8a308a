"""Operations and their derivatives."""

from __future__ import annotations

from typing import Any

import pytest

from grader.checks import Student, expect_close, expect_scalar, fail


@pytest.mark.check(points=1.0, group="Values")
def test_new_value(student: Student, numbers: Any) -> None:
    """A new Value holds its number, and a gradient of 0."""
    for x in (*numbers(2), 3):
        value = student.create("Value", x)
        expect_close(expect_scalar(value.get("data"), name="data"), float(x), name="data")
        expect_close(expect_scalar(value.get("grad"), name="grad"), 0.0, name="grad of a new Value")


@pytest.mark.check(points=1.5, group="Arithmetic")
def test_add_multiply(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """a + b and a * b, and their gradients."""
    expect_same(student, reference, "a + b", numbers(2))
    expect_same(student, reference, "a * b", numbers(2))
    expect_same(student, reference, "(a + b) * c", numbers(3))


@pytest.mark.check(points=1.5, group="Arithmetic")
def test_subtract_negate(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """a - b and -a, and their gradients."""
    expect_same(student, reference, "a - b", numbers(2))
    expect_same(student, reference, "-a", numbers(1))
    expect_same(student, reference, "-(a - b) - c", numbers(3))


@pytest.mark.check(points=1.5, group="Arithmetic")
def test_divide(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """a / b and its gradients."""
    expect_same(student, reference, "a / b", numbers(2))
    expect_same(student, reference, "a / b / c", numbers(3))


@pytest.mark.check(points=1.5, group="Arithmetic")
def test_power(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """a ** k for a plain number k, and its gradient."""
    for exponent in ("2", "3", "-1", "1", "0"):
        expect_same(student, reference, f"a ** {exponent}", numbers(1))
    expect_same(student, reference, "a ** 0.5", [abs(numbers(1)[0])])


@pytest.mark.check(points=0.5, group="Functions")
def test_exp(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """a.exp() and its gradient."""
    expect_same(student, reference, "a.exp()", numbers(1))


@pytest.mark.check(points=0.5, group="Functions")
def test_log(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """a.log() and its gradient."""
    expect_same(student, reference, "a.log()", [abs(numbers(1)[0])])


@pytest.mark.check(points=1.0, group="Functions")
def test_relu(student: Student, reference: Student, numbers: Any, derive: Any, expect_same: Any) -> None:
    """a.relu() and its gradient, on both sides of 0 and at it."""
    x = abs(numbers(1)[0])
    expect_same(student, reference, "a.relu()", [x])
    expect_same(student, reference, "a.relu()", [-x])
    data, (slope,) = derive(student, "a.relu()", [0.0])
    if data != 0 or not 0 <= slope <= 1:
        fail("At 0, relu is not 0 with a gradient between 0 and 1.")


@pytest.mark.check(points=1.0, group="Functions")
def test_tanh(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """a.tanh() and its gradient."""
    expect_same(student, reference, "a.tanh()", numbers(1))


@pytest.mark.check(points=1.5, group="Arithmetic", after="add_multiply")
def test_plain_numbers(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """Plain numbers may stand on either side of + - * /."""
    for expression in ("a + 2", "2 + a", "a * 3.5", "3.5 * a", "a - 2", "2 - a", "a / 4", "4 / a"):
        expect_same(student, reference, expression, numbers(1))


@pytest.mark.check(points=2.0, group="Engine", after="add_multiply")
def test_reused(student: Student, reference: Student, numbers: Any, expect_same: Any) -> None:
    """The gradients of a value that is used several times add up."""
    expect_same(student, reference, "a + a", numbers(1))
    expect_same(student, reference, "a * a * b + a", numbers(2))
    expect_same(student, reference, "(lambda s: s * s + s * a)(a * b)", numbers(2))
