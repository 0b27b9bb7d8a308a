"""The kit that checks are written with."""

from grader.checks.expect import (
    expect_array,
    expect_close,
    expect_equal,
    expect_raises,
    expect_scalar,
    expect_shape,
    expect_unchanged,
)
from grader.checks.gradient import expect_gradient, expect_gradients, numerical_gradient
from grader.checks.measure import expect_accuracy, expect_vectorised
from grader.checks.outcomes import CheckFailed, PartialCredit, StudentError, StudentMissing, fail
from grader.checks.student import Later, Observation, Student, StudentObject

__all__ = [
    "CheckFailed",
    "Later",
    "Observation",
    "PartialCredit",
    "Student",
    "StudentError",
    "StudentMissing",
    "StudentObject",
    "expect_accuracy",
    "expect_array",
    "expect_close",
    "expect_equal",
    "expect_gradient",
    "expect_gradients",
    "expect_raises",
    "expect_scalar",
    "expect_shape",
    "expect_unchanged",
    "expect_vectorised",
    "fail",
    "numerical_gradient",
]
