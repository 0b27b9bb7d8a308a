"""Linear, ReLU, dropout and the loss, each by itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_array,
    expect_close,
    expect_scalar,
    fail,
)
from grader.model import text


@pytest.mark.check(points=0.25, group="Linear")
def test_linear_shapes(student: Student) -> None:
    """A new Linear has W of shape (n_in, n_out) and b of shape (n_out,)."""
    W, b = student.create("Linear", 4, 3, lr=0.1, seed=1).get_each("W", "b")
    expect_array(W, shape=(4, 3), name="Linear(4, 3).W")
    expect_array(b, shape=[(3,), (1, 3)], name="Linear(4, 3).b")


@pytest.mark.check(points=0.25, group="Linear", after="linear_shapes")
def test_linear_initial(student: Student) -> None:
    """The initial weights are not all equal."""
    W = expect_array(student.create("Linear", 4, 3, lr=0.1, seed=1).get("W"), shape=(4, 3), name="W")
    if np.ptp(W) == 0:
        fail(
            "All the initial weights are equal: all hidden units would stay equal to each other.",
            mistake="zero_weights",
        )


@pytest.mark.check(points=1.0, group="Linear", after="linear_shapes")
def test_linear_forward(student: Student, reference: Student, numbers: Any, make_linear: Any) -> None:
    """Linear.forward(X) is X W + b."""
    X, W, b = numbers(6, 4), numbers(4, 3), numbers(3)
    got = expect_array(make_linear(student, W, b).call("forward", X), shape=(6, 3), name="forward(X)")
    expect_close(got, make_linear(reference, W, b).call("forward", X), name="forward(X)")


@pytest.mark.check(points=1.25, group="Linear", after="linear_shapes")
def test_linear_backward(student: Student, reference: Student, numbers: Any, make_linear: Any) -> None:
    """Linear.backward(out_grad) stores dW and db and returns the gradient of the input."""
    X, W, b, out_grad = numbers(6, 4), numbers(4, 3), numbers(3), numbers(6, 3)
    mine, right = make_linear(student, W, b), make_linear(reference, W, b)
    for layer in (mine, right):
        layer.tell("forward", X)
    got, expected = (layer.get_each(("backward", out_grad), "dW", "db") for layer in (mine, right))
    expect_close(expect_array(got[1], shape=(4, 3), name="dW"), expected[1], name="dW")
    expect_close(expect_array(got[2], shape=[(3,), (1, 3)], name="db"), expected[2], name="db")
    dX = expect_array(got[0], shape=(6, 4), name="backward(out_grad)")
    expect_close(dX, expected[0], name="backward(out_grad)")


@pytest.mark.check(points=0.75, group="Linear", after="linear_shapes")
def test_linear_step(student: Student, rng: np.random.Generator, numbers: Any, make_linear: Any) -> None:
    """Linear.step() moves W by -lr dW and b by -lr db, and keeps their shapes."""
    X, W, b, out_grad = numbers(6, 4), numbers(4, 3), numbers(3), numbers(6, 3)
    layer = make_linear(student, W, b, lr=0.25)
    layer.tell("forward", X)
    layer.tell("backward", out_grad)
    gradients = [(name, layer.later.get(name)) for name in ("dW", "db")]
    layer.tell("step")
    W_after, b_after = layer.later.get("W"), layer.later.get("b")
    dW, db = (expect_array(later.value, name=name) for name, later in gradients)
    moved = expect_array(W_after.value, shape=(4, 3), name="W after step()")
    if dW.shape == (4, 3):
        _expect_moved(moved - W, dW, name="W")
    moved = expect_array(b_after.value, shape=[(3,), (1, 3)], name="b after step()")
    _expect_moved(moved - b, db.reshape(3), name="b")


def _expect_moved(change: Any, gradient: Any, *, name: str) -> None:
    if not change.any():
        fail(text("step() does not change {name}.", name=name))
    expect_close(change, -0.25 * gradient, name=f"change of {name} in step(), lr = 0.25", atol=1e-6)


@pytest.mark.check(points=0.5, group="ReLU")
def test_relu_forward(student: Student, reference: Student, numbers: Any) -> None:
    """ReLU.forward(X) is max(X, 0), entry by entry."""
    X = numbers(5, 4)
    X[1, 2] = X[3, 0] = 0.0
    got = expect_array(student.create("ReLU").call("forward", X), shape=(5, 4), name="forward(X)")
    expect_close(got, reference.create("ReLU").call("forward", X), name="forward(X)")


@pytest.mark.check(points=0.75, group="ReLU")
def test_relu_backward(student: Student, reference: Student, numbers: Any, expect_relu_gradient: Any) -> None:
    """ReLU.backward(out_grad) passes the gradient where the input was above 0; step() does nothing."""
    X, out_grad = numbers(5, 4), numbers(5, 4)
    X[1, 2] = X[3, 0] = 0.0
    mine, right = student.create("ReLU"), reference.create("ReLU")
    for relu in (mine, right):
        relu.tell("forward", X)
    got, _ = mine.get_each(("backward", out_grad), ("step",))
    expect_relu_gradient(got, X, out_grad, right.call("backward", out_grad), name="backward(out_grad)")


RATE = 0.3


@pytest.mark.check(points=1.0, group="Dropout")
def test_dropout_training(student: Student, numbers: Any) -> None:
    """In training Dropout zeroes entries with probability rate and divides the others by 1 - rate."""
    X = numbers(80, 50)
    got = expect_array(
        student.create("Dropout", RATE, seed=3).call("forward", X), shape=X.shape, name="forward(X)"
    )
    dropped = got == 0
    share = float(dropped.mean())
    if abs(share - RATE) > 0.04:  # over 5 standard deviations
        mistake = None
        if abs(share - (1 - RATE)) < 0.04:
            mistake = "dropout_keeps_rate"
        fail(
            text("forward(X) sets {share} % of the entries to 0; rate is 30 %.", share=f"{100 * share:.0f}"),
            mistake=mistake,
        )
    if np.allclose(got, np.where(dropped, 0.0, X), rtol=1e-4):
        fail("The entries that are kept are not divided by 1 - rate.", mistake="dropout_without_rescaling")
    if np.allclose(got, np.where(dropped, 0.0, X / RATE), rtol=1e-4):
        fail(
            "The entries that are kept are divided by rate instead of 1 - rate.",
            mistake="dropout_rescales_by_rate",
        )
    expect_close(got, np.where(dropped, 0.0, X / (1 - RATE)), name="forward(X)")


@pytest.mark.check(points=0.5, group="Dropout")
def test_dropout_inference(student: Student, numbers: Any) -> None:
    """With training = False Dropout is the identity, forward and backward."""
    X, out_grad = numbers(9, 8), numbers(9, 8)
    dropout = student.create("Dropout", 0.5, seed=3)
    training = dropout.later.get("training")
    dropout.set("training", False)
    outputs, gradient = dropout.get_each(("forward", X), ("backward", out_grad))
    if training.value not in (True, np.True_):
        fail("training is not True in a new Dropout.")
    got = expect_array(outputs, shape=X.shape, name="forward(X)")
    if (got == 0).any():
        fail("Entries are still set to 0 with training = False.", mistake="dropout_in_inference")
    expect_close(got, X, name="forward(X)")
    got = expect_array(gradient, shape=X.shape, name="backward(out_grad)")
    expect_close(got, out_grad, name="backward(out_grad)")


def _labels(rng: np.random.Generator, n: int, q: int) -> Any:
    return rng.permutation(np.arange(n) % q)


@pytest.mark.check(points=0.75, group="Loss")
def test_loss_values(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """SoftmaxCrossEntropy.forward(logits, y) is the mean cross-entropy."""
    logits, y = numbers(7, 4), _labels(rng, 7, 4)
    got = expect_scalar(student.create("SoftmaxCrossEntropy").call("forward", logits, y), name="the loss")
    expected = reference.create("SoftmaxCrossEntropy").call("forward", logits, y)
    expect_close(got, expected, name="the loss", rtol=1e-5, atol=1e-5)


@pytest.mark.check(points=1.0, group="Loss")
def test_loss_gradient(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """SoftmaxCrossEntropy.backward() is the gradient of the mean loss in the logits."""
    logits, y = numbers(7, 4), _labels(rng, 7, 4)
    mine, right = student.create("SoftmaxCrossEntropy"), reference.create("SoftmaxCrossEntropy")
    for loss in (mine, right):
        loss.tell("forward", logits, y)
    got = expect_array(mine.call("backward"), shape=(7, 4), name="backward()")
    expect_close(got, right.call("backward"), name="backward()", atol=1e-6)


@pytest.mark.check(points=0.5, group="Loss")
def test_loss_shift(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """Nothing changes when all the logits are shifted by 1000."""
    logits, y = numbers(7, 4), _labels(rng, 7, 4)
    answers = []
    for shift in (0.0, 1000.0, -1000.0):
        module = student.create("SoftmaxCrossEntropy").later
        answers.append((module.call("forward", logits + shift, y), module.call("backward")))
    losses = [expect_scalar(value.value, name="the loss of shifted logits") for value, _ in answers]
    slopes = [expect_array(g.value, shape=(7, 4), name="backward() of shifted logits") for _, g in answers]
    if losses[0] <= 0 or not slopes[0].any():
        fail("The loss is not above 0, or its gradient is 0 everywhere.")
    for loss, gradient in zip(losses[1:], slopes[1:], strict=True):
        expect_close(loss, losses[0], name="the loss of shifted logits", rtol=1e-4, atol=1e-4)
        expect_close(gradient, slopes[0], name="backward() of shifted logits", rtol=1e-3, atol=1e-3)
