"""What the checks of logreg share. Ships to students: no answers here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

Array = np.ndarray[Any, Any]


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., Array]:
    """Makes arrays of numbers of order one, none of them 0, which single precision holds exactly."""

    def make(*shape: int) -> Array:
        return rng.integers(1, 129, size=shape) * rng.choice([-1.0, 1.0], size=shape) / 64

    return make
