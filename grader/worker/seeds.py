"""The generators that a student may use without seeding them."""

from __future__ import annotations

import random

import numpy as np


def seed(value: int) -> None:
    """Seed Python's and NumPy's global generators."""
    random.seed(value)
    np.random.seed(value % (1 << 32))
