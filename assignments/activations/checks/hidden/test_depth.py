"""Where shortcuts show: extreme inputs, one's own differences, deep networks, random masks, regions."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    StudentObject,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_equal,
    expect_gradient,
    expect_scalar,
    expect_unchanged,
    fail,
)


def _parameters(numbers: Any, sizes: list[int]) -> list[tuple[Any, Any]]:
    return [(numbers(a, b), numbers(b)) for a, b in pairwise(sizes)]


@pytest.mark.check(points=0.5, group="Activations", after=("sigmoid", "softmax"))
def test_extreme_inputs(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """sigmoid and softmax stay finite and right up to ±1e4."""
    x = rng.permutation([1e4, -1e4, 800.0, -800.0, 20.0, -20.0])
    got = expect_array(student.call("sigmoid", x), shape=(6,), name="sigmoid(x)")
    expect_close(got, reference.call("sigmoid", x), name="sigmoid(x)", atol=1e-10)
    O = numbers(4, 3) * np.array([[1.0], [1e4], [800.0], [0.0]])
    for shift in (0.0, 1000.0, -1000.0):
        p = expect_array(student.call("softmax", O + shift), shape=(4, 3), name="softmax(O)")
        expect_close(p, reference.call("softmax", O + shift), name="softmax(O)", rtol=1e-4)


@pytest.mark.check(points=0.5, group="Activations", after=("sigmoid_gradient", "tanh_gradient", "relu"))
def test_saturated_share(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any
) -> None:
    """saturated_share counts where the derivative is below 0.01."""
    x = 6 * numbers(9, 7)
    for activation in ("sigmoid", "tanh", "relu"):
        name = f"the share of {activation}"
        got = expect_scalar(student.call("saturated_share", x, activation), name=name)
        expect_close(got, reference.call("saturated_share", x, activation), name=name)


@pytest.mark.check(points=1.0, group="Stack", after="stack_forward", seeds=2)
def test_stack_differences(
    student: Student, rng: np.random.Generator, numbers: Any, make_stack: Any, read_layers: Any
) -> None:
    """The gradients of a deeper stack agree with central differences of its own forward pass."""
    X, out_grad, parameters = numbers(6, 3), numbers(6, 2), _parameters(numbers, [3, 5, 4, 6, 2])
    W = parameters[0][0]
    for activation in ("relu", "tanh"):
        stack = make_stack(student, parameters, activation=activation)
        stack.call("forward", X)
        dX = expect_array(stack.call("backward", out_grad), shape=(6, 3), name="backward(out_grad)")
        dW, _ = read_layers(student, stack, ("dW", "db"), parameters)[0]

        def output(X: Any, first: Any, activation: str = activation) -> float:
            again = make_stack(student, [(first, parameters[0][1]), *parameters[1:]], activation=activation)
            return float(
                (expect_array(again.call("forward", X), shape=(6, 2), name="forward(X)") * out_grad).sum()
            )

        expect_gradient(lambda at, f=output: [f(x, W) for x in at], X, dX, name="dX", rng=rng)
        expect_gradient(lambda at, f=output: [f(X, w) for w in at], W, dW, name="layers[0].dW", rng=rng)


@pytest.mark.check(points=0.5, group="Stack", after="stack_backward")
def test_stack_step(student: Student, numbers: Any, make_stack: Any, read_layers: Any) -> None:
    """step() moves every layer by -lr times its gradient."""
    X, out_grad, parameters = numbers(6, 3), numbers(6, 4), _parameters(numbers, [3, 5, 4])
    stack = make_stack(student, parameters, activation="tanh", lr=0.25)
    stack.call("forward", X)
    stack.call("backward", out_grad)
    gradients = read_layers(student, stack, ("dW", "db"), parameters)
    stack.call("step")
    after = read_layers(student, stack, ("W", "b"), parameters)
    for i, ((W, b), (dW, db)) in enumerate(zip(parameters, gradients, strict=True)):
        expect_close(after[i][0], W - 0.25 * dW, name=f"layers[{i}].W")
        expect_close(after[i][1], b - 0.25 * db, name=f"layers[{i}].b")


@pytest.mark.check(points=0.5, group="Stack", after="stack_shapes")
def test_layers_differ(student: Student, read_layers: Any) -> None:
    """Each layer of a new Stack has weights of its own, with the variance of the scheme."""
    shapes = [(np.empty((60, 60)), np.empty(60))] * 3
    for scheme, variance in (("he", 2 / 60), ("gaussian", 1e-4)):
        stack = student.create("Stack", [60, 60, 60, 60], activation="relu", scheme=scheme, lr=0.1, seed=5)
        found = [W for W, _ in read_layers(student, stack, ("W", "b"), shapes)]
        if np.array_equal(found[0], found[1]) or np.array_equal(found[1], found[2]):
            fail("Two layers start with the same weights.")
        if not all(0.8 < W.var() / variance < 1.2 for W in found):
            fail("The layers' weights do not have the variance of the scheme.")


@pytest.mark.check(
    points=1.0, group="Stack", after=("stack_forward", "stack_backward"), timeout_s=20, diagnose=False
)
def test_stack_trains(student: Student) -> None:
    """A stack with three hidden layers is right on 92 % of two moons kept apart (points from 80 %)."""
    values = []
    for seed in (1, 2):
        X, y = _moons(seed)
        stack = student.create("Stack", [2, 12, 12, 12, 2], activation="relu", scheme="he", lr=0.5, seed=seed)
        for _ in range(200):
            logits = expect_array(stack.call("forward", X[:200]), shape=(200, 2), name="forward(X)")
            stack.call("backward", _loss_gradient(logits, y[:200]))
            stack.call("step")
        values.append(_accuracy(stack, X[200:], y[200:]))
    expect_accuracy(values, floor=0.8, target=0.92, name="accuracy on two moons")


@cache
def _moons(seed: int) -> tuple[Any, Any]:
    with np.load(Path(__file__).parents[1] / "moons.npz") as kept:
        parts = kept[f"X_{seed}"], kept[f"y_{seed}"]
    for array in parts:
        array.flags.writeable = False  # they are there for the next student too
    return parts


def _loss_gradient(logits: Any, y: Any) -> Any:
    """Of the mean cross-entropy."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return (e / e.sum(axis=1, keepdims=True) - np.eye(2)[y]) / len(y)


def _accuracy(stack: StudentObject, X: Any, y: Any) -> float:
    logits = expect_array(stack.call("forward", X), shape=(len(X), 2), name="forward(X)")
    return float(np.mean(np.argmax(logits, axis=1) == y))


@pytest.mark.check(points=0.5, group="Depth", after=("stack_forward", "stack_backward"))
def test_gradient_norms(student: Student, reference: Student, numbers: Any, make_stack: Any) -> None:
    """gradient_norms shows the gradient vanish towards the first of seven layers of sigmoids."""
    X, out_grad = numbers(6, 4), numbers(6, 4)
    parameters = _parameters(numbers, [4] * 8)
    mine, right = (make_stack(p, parameters, activation="sigmoid") for p in (student, reference))
    value = student.call("gradient_norms", mine, X, out_grad)
    got = np.array(
        [expect_scalar(v, name="a norm") for v in value] if isinstance(value, (list, tuple)) else value
    )
    got = expect_array(got, shape=(7,), name="gradient_norms(stack, X, out_grad)")
    expected = np.array(reference.call("gradient_norms", right, X, out_grad))
    expect_close(got, expected, name="gradient_norms(stack, X, out_grad)", rtol=1e-5)


@pytest.mark.check(points=0.5, group="Depth", seeds=2)
def test_dropout(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """dropout zeroes the share `rate` at random and divides the rest by 1 - rate."""
    H, rate, seed = numbers(60, 50), 0.3, int(rng.integers(1000))
    found = []
    for s in (seed, seed, seed + 1):
        value = student.call("dropout", H, rate, s)
        if not isinstance(value, (tuple, list)) or len(value) != 2:
            fail("dropout does not return the pair (output, factor).")
        output, factor = (
            expect_array(v, shape=H.shape, name=n) for v, n in zip(value, ("output", "factor"), strict=True)
        )
        expect_close(output, H * factor, name="output")
        found.append(factor)
    if not np.array_equal(found[0], found[1]) or np.array_equal(found[0], found[2]):
        fail("The same seed must give the same factors, and another seed others.")
    zero = found[0] == 0
    if abs(zero.mean() - rate) > 0.06:
        fail("The share of entries set to 0 is not the rate.", mistake=_kept(zero, rate))
    if zero.all(axis=0).any() or zero.all(axis=1).any():
        fail("Whole rows or columns are set to 0, not single entries.")
    expect_close(found[0], np.where(zero, 0.0, 1 / (1 - rate)), name="factor", rtol=1e-5)


def _kept(zero: Any, rate: float) -> str | None:
    return "dropout_keeps_rate" if abs(zero.mean() - (1 - rate)) < 0.06 else None


@pytest.mark.check(points=0.5, group="Depth")
def test_bends(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """bends gives the places where the units turn on or off, in ascending order."""
    w, b = numbers(6), numbers(6)
    w[rng.integers(6)] = 0.0  # this one never bends
    got = expect_array(student.call("bends", w, b), shape=(5,), name="bends(w, b)")
    expect_close(got, reference.call("bends", w, b), name="bends(w, b)")


@pytest.mark.check(points=0.5, group="Depth", seeds=3)
def test_count_regions(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """count_regions counts the different patterns of units that are on."""
    X, W, b = 2 * rng.normal(size=(300, 2)), numbers(2, 4), numbers(4)
    got = student.call("count_regions", X, W, b)
    expect_equal(
        int(expect_scalar(got, name="the count")), reference.call("count_regions", X, W, b), name="the count"
    )


@pytest.mark.check(points=0.5, group="Activations")
def test_arguments_untouched(student: Student, numbers: Any) -> None:
    """The functions leave their arguments as they were."""
    x = numbers(4, 3)
    for name in ("sigmoid", "tanh", "relu", "relu_gradient", "softmax"):
        expect_unchanged(student.arguments_after(name, x), (x,), names=("x",))
    expect_unchanged(student.arguments_after("dropout", x, 0.5, 1), (x,), names=("H",))
