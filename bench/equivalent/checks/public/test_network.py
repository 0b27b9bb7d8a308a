"""The perceptron and its training: as `bench/peer_checks.py` asks, number for number."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_moons

from grader.checks import Student, StudentObject, expect_array, expect_close, expect_scalar, fail

Array = np.ndarray[Any, Any]
PROBED = 12  # entries of each gradient
LOSS = "lambda net, layer, W, X, y: (setattr(layer, 'W', W), net.forward(X), net.loss(y))[2]"


@pytest.mark.check(points=1, group="Network")
def test_network_forward(student: Student) -> None:
    """forward(X) is linear, ReLU, linear."""
    net = student.create("TwoLayerPerceptron", 4, 6, 3, seed=0)
    X = np.random.default_rng(0).normal(size=(5, 4))
    W1, W2 = (
        expect_array(net.get(f"fc{n}.W"), shape=s, name=f"fc{n}.W") for n, s in ((1, (4, 6)), (2, (6, 3)))
    )
    b1 = expect_array(net.get("fc1.b"), shape=[(6,), (1, 6)], name="fc1.b")
    b2 = expect_array(net.get("fc2.b"), shape=[(3,), (1, 3)], name="fc2.b")
    got = expect_array(net.call("forward", X), shape=(5, 3), name="forward(X)")
    expect_close(got, np.maximum(X @ W1 + b1, 0) @ W2 + b2, name="forward(X)", rtol=1e-5)


@pytest.mark.check(points=1, group="Network")
def test_network_gradients(student: Student) -> None:
    """The network's gradients agree with central differences of its own loss."""
    rng = np.random.default_rng(0)
    net = student.create("TwoLayerPerceptron", 4, 6, 3, seed=0)
    X, y = rng.normal(size=(5, 4)), rng.integers(3, size=5)
    for call in (("forward", X), ("loss", y), ("backward",)):
        net.call(*call)
    loss = student.make(LOSS, name="the loss with other parameters")
    for name, shape in (("fc1", (4, 6)), ("fc2", (6, 3))):
        gradient = expect_array(net.get(f"{name}.dW"), shape=shape, name=f"{name}.dW").ravel()[:PROBED]
        expect_close(gradient, _differences(net, name, loss, X, y), name=f"{name}.dW", rtol=0, atol=1e-5)


def _differences(net: StudentObject, name: str, loss: StudentObject, X: Array, y: Array) -> Array:
    layer, W, step = net.get(name), expect_array(net.get(f"{name}.W"), name=f"{name}.W"), 1e-5
    moved = []
    for at in list(np.ndindex(*W.shape))[:PROBED]:
        for sign in (1, -1):
            place = W.copy()
            place[at] += sign * step
            moved.append((net, layer, place, X, y))
    values = np.array([expect_scalar(v, name="loss(y)") for v in loss.call_each("__call__", moved)])
    net.set(f"{name}.W", W)
    differences: Array = (values[::2] - values[1::2]) / (2 * step)
    return differences


@cache
def _moons() -> tuple[Array, Array]:
    X, y = make_moons(n_samples=300, noise=0.1, random_state=0)
    return X, y


@cache
def _digits() -> tuple[Array, Array]:
    X, y = load_digits(return_X_y=True)
    return X / 16.0, y


def _last(accuracies: Any) -> float:
    if not isinstance(accuracies, (list, tuple, np.ndarray)) or len(np.shape(accuracies)) != 1:
        fail("train does not return a list of accuracies.")
    return expect_scalar(accuracies[-1], name="the last accuracy")


@pytest.mark.check(points=1, group="Training")
def test_train_moons(student: Student) -> None:
    """Trained on two moons, the network is right on more than 90 % of the examples kept apart."""
    X, y = _moons()
    net = student.create("TwoLayerPerceptron", 2, 16, 2, lr=0.5, seed=0)
    if _last(student.call("train", net, X[:200], y[:200], X[200:], y[200:], 60, 20, 0)) <= 0.9:
        fail("The accuracy on two moons is not above 90 %.")


@pytest.mark.check(points=1, group="Training")
def test_train_digits(student: Student) -> None:
    """Trained on 800 digits, the network is right on more than 85 % of the digits kept apart."""
    X, y = _digits()
    net = student.create("TwoLayerPerceptron", 64, 32, 10, lr=0.3, seed=0)
    if _last(student.call("train", net, X[:800], y[:800], X[800:1200], y[800:1200], 10, 32, 0)) <= 0.85:
        fail("The accuracy on the digits is not above 85 %.")
