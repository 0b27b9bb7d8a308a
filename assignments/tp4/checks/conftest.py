"""What the checks of TP4 share. Ships to students: no answers here."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import CheckFailed, Student, StudentObject, expect_array, expect_close

Array = np.ndarray[Any, Any]
Data = tuple[Array, Array, Array, Array, Array, Array]  # X, y to train; to validate; kept apart

# A parameter takes a value in the shape and precision that it has: a bias may be (q,) or (1, q).
FILL = (
    "lambda *layers: [setattr(owner, name, value.astype(getattr(owner, name).dtype)"
    ".reshape(getattr(owner, name).shape)) for owner, W, b in layers for name, value in (('W', W), ('b', b))]"
    " and None"
)


@pytest.fixture
def numbers(rng: np.random.Generator) -> Callable[..., Array]:
    """Makes arrays of numbers of order one, none of them 0, which single precision holds exactly."""

    def make(*shape: int) -> Array:
        return rng.integers(1, 129, size=shape) * rng.choice([-1.0, 1.0], size=shape) / 64

    return make


@pytest.fixture
def fill() -> Callable[..., None]:
    """Gives parameters to somebody's layers, each a tuple of layer, W and b."""
    made: dict[Student, StudentObject] = {}

    def give(person: Student, *layers: tuple[StudentObject, Array, Array]) -> None:
        if person not in made:
            made[person] = person.make(FILL, name="filling W and b")
        made[person].tell("__call__", *layers)

    return give


@pytest.fixture
def make_linear(fill: Callable[..., None]) -> Callable[..., StudentObject]:
    """Makes somebody's Linear with given parameters."""

    def make(person: Student, W: Array, b: Array, *, lr: float = 0.1) -> StudentObject:
        layer = person.create("Linear", W.shape[0], W.shape[1], lr=lr, seed=0)
        fill(person, (layer, W, b))
        return layer

    return make


@pytest.fixture
def make_net(fill: Callable[..., None]) -> Callable[..., StudentObject]:
    """Makes somebody's TwoLayerPerceptron with given parameters W1, b1, W2, b2."""

    def make(person: Student, parameters: tuple[Array, ...], **options: float) -> StudentObject:
        W1, b1, W2, b2 = parameters
        net = person.create("TwoLayerPerceptron", *W1.shape, W2.shape[1], **{"lr": 0.1, "seed": 0} | options)
        fill(person, (net.part("fc1"), W1, b1), (net.part("fc2"), W2, b2))
        return net

    return make


@pytest.fixture
def loss_at(make_net: Any) -> Callable[..., StudentObject]:
    """Makes a function of an index and an array: somebody's loss with that parameter exchanged."""

    def make(person: Student, parameters: tuple[Array, ...], X: Array, y: Array) -> StudentObject:
        net = make_net(person, parameters)
        function = person.make(
            "lambda net, fc1, fc2, X, y, *kept: lambda i, at: "
            f"(lambda W1, b1, W2, b2: ({FILL})((fc1, W1, b1), (fc2, W2, b2)))(*kept[:i], at, *kept[i + 1:])"
            " or (net.forward(X), net.loss(y))[1]",
            name="loss(y) with other parameters",
        )
        made: StudentObject = function.call(
            "__call__", net, net.part("fc1"), net.part("fc2"), X, y, *parameters
        )
        return made

    return make


@pytest.fixture
def output_at(make_linear: Any) -> Callable[..., StudentObject]:
    """Makes a function of X and W: the output of somebody's Linear with these."""

    def make(person: Student, W: Array, b: Array) -> StudentObject:
        function = person.make(
            f"lambda layer, b: lambda X, W: ({FILL})((layer, W, b)) or layer.forward(X)",
            name="forward(X) with other parameters",
        )
        made: StudentObject = function.call("__call__", make_linear(person, W, b), b)
        return made

    return make


@pytest.fixture
def expect_follows() -> Callable[..., None]:
    """Compares with the reference or, so that a slip is charged once, with the student's own modules.

    These are asked only where it comes to that.
    """

    def expect(
        got: Array,
        expected: Array,
        own: Callable[[], Array],
        *,
        name: str,
        rtol: float = 1e-5,
        atol: float = 1e-6,
    ) -> None:
        try:
            expect_close(got, expected, name=name, rtol=rtol, atol=atol)
        except CheckFailed:
            mine = own()
            if mine.shape != got.shape or not mine.any():
                raise
            if not np.allclose(got, mine, rtol=rtol, atol=atol):
                raise

    return expect


@pytest.fixture
def expect_relu_gradient() -> Callable[..., None]:
    """Compares with the reference, but where the input is 0 takes any share of `out_grad` from 0 to 1."""

    def expect(value: Any, x: Array, out_grad: Array, expected: Array, *, name: str) -> None:
        got = expect_array(value, shape=x.shape, name=name)
        share = np.where(x == 0, got / out_grad, 0.0)
        free = (x == 0) & (share >= -1e-6) & (share <= 1 + 1e-6)
        expect_close(np.where(free, expected, got), expected, name=name)

    return expect


@cache
def _split(data: str, seed: int) -> Data:
    with np.load(Path(__file__).with_name(f"{data}.npz")) as kept:
        if data == "digits":
            X, y, sizes = kept["X"] / 16.0, kept["y"], (600, 800)
        else:
            X, y, sizes = kept[f"X_{seed}"], kept[f"y_{seed}"], (200, 300)
    order = np.random.default_rng(seed).permutation(len(X))
    a, b, c = np.split(order, sizes)
    parts = X[a], y[a], X[b], y[b], X[c], y[c]
    for array in parts:
        array.flags.writeable = False  # they are there for the next student too
    return parts


@pytest.fixture
def data() -> Callable[[str, int], Data]:
    """Gives moons, circles or digits, split in three: to train, to validate, kept apart."""
    return _split
