"""What the checks of TP1 share. Ships to students: no answers here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckFailed, expect_close

Array = np.ndarray[Any, Any]


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., Array]:
    """Makes arrays of numbers of order one, none of them 0, which single precision holds exactly."""

    def make(*shape: int) -> Array:
        return rng.integers(1, 129, size=shape) * rng.choice([-1.0, 1.0], size=shape) / 64

    return make


@pytest.fixture
def expect_follows() -> Callable[..., None]:
    """Compares with the reference or, so that a slip is charged once, with the student's own gradient."""

    def expect(got: Array, expected: Array, own: Array, start: Array, *, name: str) -> None:
        try:
            expect_close(got, expected, name=name, rtol=1e-5, atol=1e-6)
        except CheckFailed:
            if np.allclose(own, start) or not np.allclose(got, own, rtol=1e-5, atol=1e-6):
                raise

    return expect
