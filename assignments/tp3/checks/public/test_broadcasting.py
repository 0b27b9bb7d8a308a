"""Shapes, by the three rules."""

from __future__ import annotations

import pytest

from grader.checks import Student, expect_equal, expect_raises

VALID = (
    ((3,), (3,)),
    ((5, 1), (1, 4)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((), (4,)),
    ((4, 1, 3), (2, 1)),
    ((7,), (5, 1)),
    ((1, 6), (8, 1, 1)),
)
INVALID = (((2, 3), (2,)), ((3,), (4,)), ((4, 2, 3), (3, 3)), ((2, 1), (3, 2)))


@pytest.mark.check(points=1.0, group="Broadcasting")
def test_broadcast_valid(student: Student, reference: Student) -> None:
    """broadcast_shape(a, b) is the shape of A + B."""
    answers = [student.call("broadcast_shape", a, b) for a, b in VALID]
    for (a, b), got in zip(VALID, answers, strict=True):
        expect_equal(got, reference.call("broadcast_shape", a, b), name=f"broadcast_shape({a}, {b})")


@pytest.mark.check(points=0.75, group="Broadcasting")
def test_broadcast_invalid(student: Student) -> None:
    """broadcast_shape(a, b) raises ValueError where A + B fails."""
    for a, b in (((2, 1), (2, 3)), ((3,), (2, 3))):
        student.call("broadcast_shape", a, b)  # fails where shapes that fit are refused too
    for a, b in INVALID:
        expect_raises(student, "broadcast_shape", a, b, exception="ValueError")
