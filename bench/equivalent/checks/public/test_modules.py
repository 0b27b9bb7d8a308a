"""Linear, ReLU, dropout and the loss: as `bench/peer_checks.py` asks, number for number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, StudentObject, expect_array, expect_close, expect_scalar, fail

Array = np.ndarray[Any, Any]
RTOL, ATOL = 1e-5, 1e-8  # np.allclose's own
MOVE = "lambda layer, W, X: (setattr(layer, 'W', W), layer.forward(X))[1]"


def _linear(student: Student, seed: int = 0) -> tuple[StudentObject, Array, Array, Array, Array]:
    rng = np.random.default_rng(seed)
    layer = student.create("Linear", 4, 3)
    W, b = rng.normal(size=(4, 3)), rng.normal(size=3)
    layer.set("W", W)
    layer.set("b", b)
    return layer, W, b, rng.normal(size=(5, 4)), rng.normal(size=(5, 3))


def _logits(seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(6, 4)), rng.integers(4, size=6)


def _cross_entropy(logits: Array, y: Array) -> tuple[float, Array]:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-log_p[np.arange(len(y)), y].mean()), np.exp(log_p)


@pytest.mark.check(points=1, group="Linear")
def test_linear_shapes(student: Student) -> None:
    """A new Linear has W of shape (n_in, n_out) and b of shape (n_out,)."""
    layer = student.create("Linear", 4, 3)
    expect_array(layer.get("W"), shape=(4, 3), name="W")
    expect_array(layer.get("b"), shape=[(3,), (1, 3)], name="b")


@pytest.mark.check(points=1, group="Linear")
def test_linear_forward(student: Student) -> None:
    """Linear.forward(X) is X W + b."""
    for seed in (0, 1):
        layer, W, b, X, _ = _linear(student, seed)
        got = expect_array(layer.call("forward", X), shape=(5, 3), name="forward(X)")
        expect_close(got, X @ W + b, name="forward(X)", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="Linear")
def test_linear_backward(student: Student) -> None:
    """Linear.backward(out_grad) stores dW and db and returns the gradient of the input."""
    for seed in (0, 1):
        layer, _, _, X, out_grad = _linear(student, seed)
        layer.call("forward", X)
        dX = expect_array(layer.call("backward", out_grad), shape=(5, 4), name="backward(out_grad)")
        W = expect_array(layer.get("W"), shape=(4, 3), name="W")
        expect_close(dX, out_grad @ W.T, name="backward(out_grad)", rtol=RTOL, atol=ATOL)
        dW = expect_array(layer.get("dW"), shape=(4, 3), name="dW")
        expect_close(dW, X.T @ out_grad, name="dW", rtol=RTOL, atol=ATOL)
        db = expect_array(layer.get("db"), shape=[(3,), (1, 3)], name="db")
        expect_close(db, out_grad.sum(axis=0), name="db", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="Linear")
def test_linear_step(student: Student) -> None:
    """Linear.step() moves W by -lr dW."""
    layer, _, _, X, out_grad = _linear(student)
    layer.call("forward", X)
    layer.call("backward", out_grad)
    W = expect_array(layer.get("W"), shape=(4, 3), name="W")
    dW = expect_array(layer.get("dW"), shape=(4, 3), name="dW")
    layer.call("step")
    moved = expect_array(layer.get("W"), shape=(4, 3), name="W after step()")
    expect_close(moved, W - 0.1 * dW, name="W after step()", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="Linear")
def test_linear_differences(student: Student) -> None:
    """Linear.backward agrees with central differences of your own Linear.forward."""
    layer, W, _, X, out_grad = _linear(student)
    layer.call("forward", X)
    layer.call("backward", out_grad)
    dW = expect_array(layer.get("dW"), shape=(4, 3), name="dW")
    step, moved = 1e-5, []
    for at in np.ndindex(*W.shape):
        for sign in (1, -1):
            place = W.copy()
            place[at] += sign * step
            moved.append((layer, place, X))
    outputs = student.make(MOVE, name="forward(X) with another W").call_each("__call__", moved)
    values = [float(np.sum(out_grad * expect_array(Z, shape=(5, 3), name="forward(X)"))) for Z in outputs]
    differences = (np.array(values[::2]) - np.array(values[1::2])) / (2 * step)
    expect_close(dW, differences.reshape(4, 3), name="dW", rtol=0, atol=1e-5)


@pytest.mark.check(points=1, group="ReLU")
def test_relu_forward(student: Student) -> None:
    """ReLU.forward(X) is max(X, 0), entry by entry."""
    X = np.random.default_rng(0).normal(size=(5, 4))
    got = expect_array(student.create("ReLU").call("forward", X), shape=(5, 4), name="forward(X)")
    expect_close(got, np.maximum(X, 0), name="forward(X)", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="ReLU")
def test_relu_backward(student: Student) -> None:
    """ReLU.backward(out_grad) passes the gradient where the input was above 0."""
    rng = np.random.default_rng(0)
    X, out_grad = rng.normal(size=(5, 4)), rng.normal(size=(5, 4))
    relu = student.create("ReLU")
    relu.call("forward", X)
    got = expect_array(relu.call("backward", out_grad), shape=(5, 4), name="backward(out_grad)")
    expect_close(got, out_grad * (X > 0), name="backward(out_grad)", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="Dropout")
def test_dropout_training(student: Student) -> None:
    """In training Dropout zeroes entries with probability rate and divides the others by 1 - rate."""
    X = np.ones((200, 50))
    dropout = student.create("Dropout", 0.4, seed=1)
    out = expect_array(dropout.call("forward", X), shape=X.shape, name="forward(X)")
    if abs(np.mean(out == 0) - 0.4) >= 0.05:
        fail("forward(X) does not set 40 % of the entries to 0.")
    kept = out[out != 0]
    expect_close(kept, np.full(kept.shape, 1 / 0.6), name="what forward(X) keeps", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="Dropout")
def test_dropout_inference(student: Student) -> None:
    """With training = False Dropout is the identity."""
    dropout = student.create("Dropout", 0.4, seed=1)
    dropout.set("training", False)
    X = np.random.default_rng(0).normal(size=(5, 4))
    got = expect_array(dropout.call("forward", X), shape=(5, 4), name="forward(X)")
    expect_close(got, X, name="forward(X)", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="Loss")
def test_loss_values(student: Student) -> None:
    """SoftmaxCrossEntropy.forward(logits, y) is the mean cross-entropy."""
    for seed in (0, 1):
        logits, y = _logits(seed)
        got = expect_scalar(student.create("SoftmaxCrossEntropy").call("forward", logits, y), name="the loss")
        expect_close(got, _cross_entropy(logits, y)[0], name="the loss", rtol=0, atol=1e-9)


@pytest.mark.check(points=1, group="Loss")
def test_loss_gradient(student: Student) -> None:
    """SoftmaxCrossEntropy.backward() is the gradient of the mean loss in the logits."""
    for seed in (0, 1):
        logits, y = _logits(seed)
        loss = student.create("SoftmaxCrossEntropy")
        loss.call("forward", logits, y)
        got = expect_array(loss.call("backward"), shape=(6, 4), name="backward()")
        expected = (_cross_entropy(logits, y)[1] - np.eye(4)[y]) / 6
        expect_close(got, expected, name="backward()", rtol=RTOL, atol=ATOL)


@pytest.mark.check(points=1, group="Loss")
def test_loss_apart(student: Student) -> None:
    """The loss is finite and right when the scores of an example lie 800 apart."""
    loss = student.create("SoftmaxCrossEntropy")
    value = loss.call("forward", np.array([[800.0, 0.0]]), np.array([1]))
    expect_close(expect_scalar(value, name="the loss"), 800.0, name="the loss", rtol=0, atol=1e-6)
