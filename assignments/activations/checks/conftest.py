"""What the checks of activations share. Ships to students: no answers here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.checks import Student, StudentObject, expect_array, fail

Array = np.ndarray[Any, Any]
FILL = (
    "lambda stack, i, W, b: (setattr(stack.layers[i], 'W', W), setattr(stack.layers[i], 'b', b), "
    "len(stack.layers))[2]"
)


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., Array]:
    """Makes arrays of numbers of order one, none of them 0, which single precision holds exactly."""

    def make(*shape: int) -> Array:
        return rng.integers(1, 129, size=shape) * rng.choice([-1.0, 1.0], size=shape) / 64

    return make


@pytest.fixture
def make_stack() -> Callable[..., StudentObject]:
    """Makes somebody's Stack with given parameters, a list of (W, b)."""

    def make(person: Student, parameters: list[tuple[Array, Array]], **options: Any) -> StudentObject:
        sizes = [parameters[0][0].shape[0], *(W.shape[1] for W, _ in parameters)]
        stack = person.create("Stack", sizes, **options)
        fill = person.make(FILL)
        for i, (W, b) in enumerate(parameters):
            if fill.call("__call__", stack, i, W, b) != len(parameters):
                fail("Stack.layers does not hold one Linear per pair of sizes.")
        return stack

    return make


@pytest.fixture
def read_layers() -> Callable[..., list[tuple[Array, Array]]]:
    """Reads two attributes of each layer of a Stack, like ("W", "b"), in the shapes of `parameters`."""

    def read(
        person: Student, stack: StudentObject, names: tuple[str, str], parameters: list[tuple[Array, Array]]
    ) -> list[tuple[Array, Array]]:
        get = person.make(f"lambda stack: [(layer.{names[0]}, layer.{names[1]}) for layer in stack.layers]")
        found = get.call("__call__", stack)
        if not isinstance(found, list) or len(found) != len(parameters):
            fail("Stack.layers does not hold one Linear per pair of sizes.")
        return [
            (
                expect_array(pair[0], shape=W.shape, name=f"layers[{i}].{names[0]}"),
                expect_array(pair[1], shape=[b.shape, (1, *b.shape)], name=f"layers[{i}].{names[1]}"),
            )
            for i, (pair, (W, b)) in enumerate(zip(found, parameters, strict=True))
        ]

    return read
