"""What the checks of TP3 share. Ships to students: no answers here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckFailed, Student, expect_array, expect_close, fail

Array = np.ndarray[Any, Any]


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., Array]:
    """Makes arrays of numbers of order one, none of them 0, which single precision holds exactly."""

    def make(*shape: int) -> Array:
        return rng.integers(1, 129, size=shape) * rng.choice([-1.0, 1.0], size=shape) / 64

    return make


@pytest.fixture
def probabilities(numbers: Callable[..., Array]) -> Callable[..., Array]:
    """Makes arrays whose last axis sums to 1, with no entry near 0."""

    def make(*shape: int) -> Array:
        positive = np.abs(numbers(*shape)) + 0.25
        return positive / positive.sum(axis=-1, keepdims=True)

    return make


@pytest.fixture
def expect_follows() -> Callable[..., None]:
    """Compares with the reference or, so that a slip is charged once, with the student's own functions."""

    def expect(got: Array | float, expected: Array | float, own: Array | float, *, name: str) -> None:
        try:
            expect_close(got, expected, name=name, rtol=1e-5, atol=1e-5)
        except CheckFailed:
            alive = np.shape(own) == np.shape(got) and (np.ndim(own) == 0 or np.any(own))
            if not alive or not np.allclose(got, own, rtol=1e-5, atol=1e-6):
                raise

    return expect


@pytest.fixture
def pair() -> Callable[..., tuple[Array, Array]]:
    """Vets a pair of arrays such as (dW, db)."""

    def vet(value: Any, d: int, q: int, *, name: str) -> tuple[Array, Array]:
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            fail(f"{name} does not return two arrays.")
        first = expect_array(value[0], shape=(d, q), name=f"first result of {name}")
        return first, expect_array(value[1], shape=[(q,), (1, q)], name=f"second result of {name}")

    return vet


@pytest.fixture
def train(pair: Any) -> Callable[..., tuple[Array, Array]]:
    """Calls somebody's train and vets what it gives."""

    def call(person: Student, X: Array, y: Array, q: int, **options: float) -> tuple[Array, Array]:
        order = ("num_epochs", "batch_size", "lr", "seed")
        value = person.call("train", X, y, *(options[name] for name in order))
        return pair(value, X.shape[1], q, name="train(...)")

    return call


@cache
def _digits(seed: int) -> tuple[Array, Array]:
    with np.load(Path(__file__).with_name("digits.npz")) as kept:
        X, y = kept["X"] / 16.0, kept["y"]
    order = np.random.default_rng(seed).permutation(len(X))
    examples = X[order], y[order]
    for array in examples:
        array.flags.writeable = False  # they are there for the next student too
    return examples


@pytest.fixture
def digits() -> Callable[[int], tuple[Array, Array]]:
    """Gives the digits in an order that depends on a seed, scaled to [0, 1]."""
    return _digits
