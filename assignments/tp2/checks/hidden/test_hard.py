"""Extreme logits, other sizes, and training on the digits."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_gradients,
    expect_scalar,
    expect_unchanged,
    fail,
)


@pytest.mark.check(points=1.0, group="Softmax")
def test_softmax_apart(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """softmax(o) is finite and right for logits up to 10000, also when they lie far apart."""
    for scale in (800.0, 10000.0):
        o = numbers(5) + rng.permutation([scale, scale, -scale, 0.0, 2.0])
        got = expect_array(student.call("softmax", o), shape=(5,), name="softmax(o)")
        expect_close(got, reference.call("softmax", o), name="softmax(o)", rtol=1e-2, atol=1e-6)


@pytest.mark.check(points=0.5, group="Two classes")
def test_binary_loss_extreme(student: Student, reference: Student) -> None:
    """binary_loss(o, t) is finite and right for logits of 10000 and -10000."""
    for o in (10000.0, -10000.0, 50.0, -50.0):
        for t in (0, 1):
            got = expect_scalar(student.call("binary_loss", o, t), name="binary_loss(o, t)")
            expected = reference.call("binary_loss", o, t)
            expect_close(got, expected, name="binary_loss(o, t)", rtol=1e-5, atol=1e-5)


def _losses(student: Student, X: Any, y: Any, places: Any) -> list[float]:
    found = student.call_each("batch_loss_and_gradients", [(X, y, W, b) for W, b in places])
    return [expect_scalar(value[0], name="loss") for value in found]


@pytest.mark.check(points=1.0, group="Batch", diagnose=False)
def test_batch_differences(student: Student, rng: np.random.Generator, numbers: Any, pair: Any) -> None:
    """dW and db of a batch agree with central differences of your own loss of the batch."""
    X, y, W, b = numbers(5, 3), rng.permutation(np.arange(5) % 4), numbers(3, 4) / 4, numbers(4) / 4
    value = student.call("batch_loss_and_gradients", X, y, W, b)
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        fail("batch_loss_and_gradients(X, y, W, b) does not return three values: loss, dW, db.")
    dW, db = pair(value[1:], 3, 4, name="(dW, db)")
    losses = partial(_losses, student, X, y)
    expect_gradients(losses, (W, b), (dW, db), names=("dW", "db"), rng=rng)


@pytest.mark.check(points=0.5, group="Batch")
def test_batch_of_one(
    student: Student, reference: Student, numbers: Any, pair: Any, expect_follows: Any
) -> None:
    """A batch of one example works, and so does a batch in which classes are absent."""
    for n in (1, 3):
        X, y, W, b = numbers(n, 5), np.ones(n, dtype=int), numbers(5, 4), numbers(4)
        value = student.call("batch_loss_and_gradients", X, y, W, b)
        if not isinstance(value, (tuple, list)) or len(value) != 3:
            fail("batch_loss_and_gradients(X, y, W, b) does not return three values: loss, dW, db.")
        loss = expect_scalar(value[0], name="loss")
        dW, db = pair(value[1:], 5, 4, name="(dW, db)")
        if n == 1:
            own = pair(student.call("gradients", X[0], 1, W, b), 5, 4, name="gradients(x, c, W, b)")
            p = student.call("predict_proba", X[0], W, b)
            own_loss = expect_scalar(student.call("cross_entropy", p, 1), name="cross_entropy(p, c)")
            expected = reference.call("batch_loss_and_gradients", X, y, W, b)
            expect_follows(loss, expected[0], own_loss, name="loss of a batch of one")
            expect_follows(dW, expected[1], own[0], name="dW of a batch of one")
            expect_follows(db, expected[2], own[1], name="db of a batch of one")


@pytest.mark.check(points=1.0, group="Training")
def test_train_step(student: Student, rng: np.random.Generator, numbers: Any, pair: Any, train: Any) -> None:
    """One step of train moves W and b by -lr times the mean gradient, also when the batch is short."""
    X, y, lr = numbers(6, 4), rng.permutation([0, 0, 0, 1, 1, 2]), 0.125
    for batch_size in (6, 15):  # one step an epoch: the order of the examples does not matter
        options = {"batch_size": batch_size, "lr": lr, "seed": 4}
        W, b = train(student, X, y, 3, num_epochs=1, **options)
        value = student.call("batch_loss_and_gradients", X, y, W, b)
        if not isinstance(value, (tuple, list)) or len(value) != 3:
            fail("batch_loss_and_gradients(X, y, W, b) does not return three values: loss, dW, db.")
        dW, db = pair(value[1:], 4, 3, name="(dW, db)")
        new_W, new_b = train(student, X, y, 3, num_epochs=2, **options)
        change = np.vstack([new_W - W, new_b - b])
        _name_the_step(change, -lr * np.vstack([dW, db]), 6 / batch_size, lr)
        expect_close(new_W - W, -lr * dW, name="change of W in one step", rtol=1e-3, atol=1e-5)
        expect_close(new_b - b, -lr * db, name="change of b in one step", rtol=1e-3, atol=1e-5)


def _name_the_step(change: Any, expected: Any, share: float, lr: float) -> None:
    """Name what numbers alone would not, as the initial parameters differ from person to person."""
    if not change.any():
        fail("train does not change W and b.", mistake="last_batch_dropped" if share < 1 else None)
    named = {-1.0: "step_adds", share: "nominal_batch_size", lr: "learning_rate_twice"}
    named |= {1 / lr: "learning_rate_ignored"}
    for factor, mistake in named.items():
        if factor != 1 and np.allclose(change, factor * expected, rtol=1e-3, atol=1e-6):
            fail("The step of train is a multiple of the right one.", mistake=mistake)
    if (
        not change[-1].any()
        and expected[-1].any()
        and np.allclose(change[:-1], expected[:-1], rtol=1e-3, atol=1e-6)
    ):
        fail("train changes W but not b.", mistake="bias_not_updated")


@pytest.mark.check(points=0.5, group="Training", diagnose=False)
def test_train_descends(student: Student, digits: Any, train: Any) -> None:
    """With plain gradient descent (batch_size = n) and small steps the loss falls in every epoch."""
    X, y = digits(7)
    X, y = X[:40], y[:40]
    losses = []
    for num_epochs in (1, 2, 3, 4):
        W, b = train(student, X, y, int(y.max()) + 1, num_epochs=num_epochs, batch_size=40, lr=0.05, seed=3)
        O = X @ W + b
        O = O - O.max(axis=1, keepdims=True)
        losses.append(float(np.mean(np.log(np.exp(O).sum(axis=1)) - O[np.arange(40), y])))
    if not all(later < earlier - 1e-6 for earlier, later in pairwise(losses)):
        fail("The loss does not fall in every epoch of plain gradient descent with small steps.")


@pytest.mark.check(points=0.5, group="Training")
def test_train_absent_class(student: Student, numbers: Any, pair: Any) -> None:
    """train makes a column for every class up to max(y), also for one that is absent."""
    X, y = numbers(7, 3), np.array([0, 2, 4, 2, 0, 4, 2])
    value = student.call("train", X, y, 1, 3, 0.1, 2)
    if isinstance(value, (tuple, list)) and len(value) == 2 and np.shape(value[0]) == (3, 3):
        fail("W has a column only for each class that occurs in y.", mistake="classes_from_labels")
    pair(value, 3, 5, name="train(...)")


@pytest.mark.check(points=1.0, group="Training", timeout_s=30, diagnose=False)
def test_train_digits(student: Student, digits: Any, train: Any) -> None:
    """Trained on 400 digits, the model is right on 80 % of the digits kept apart (points from 60 %)."""
    values = []
    for seed in (11, 12, 13):
        X, y = digits(seed)
        W, b = train(student, X[:400], y[:400], 10, num_epochs=5, batch_size=16, lr=0.5, seed=seed)
        values.append(float(np.mean(np.argmax(X[800:] @ W + b, axis=1) == y[800:])))
    expect_accuracy(values, floor=0.6, target=0.8, name="accuracy on the digits kept apart")


@pytest.mark.check(points=0.5, group="Model")
def test_arguments_untouched(student: Student, numbers: Any, probabilities: Any) -> None:
    """No function changes the arrays that it is given."""
    o, p, x, W, b = numbers(3), probabilities(3), numbers(4), numbers(4, 3), numbers(3)
    X, y = numbers(5, 4), np.array([0, 1, 2, 0, 1])
    expect_unchanged(student.arguments_after("softmax", o), (o,), names=("o",))
    expect_unchanged(student.arguments_after("cross_entropy", p, 1), (p,), names=("p",))
    expect_unchanged(student.arguments_after("loss_gradient", p, 1), (p,), names=("p",))
    expect_unchanged(student.arguments_after("predict_proba", x, W, b), (x, W, b), names=("x", "W", "b"))
    expect_unchanged(student.arguments_after("gradients", x, c=1, W=W, b=b), (x,), names=("x",))
    for name, args in (
        ("batch_loss_and_gradients", (X, y, W, b)),
        ("train", (X, y, 1, 2, 0.1, 0)),
        ("accuracy", (X, y, W, b)),
    ):
        arrays = tuple(a for a in args if isinstance(a, np.ndarray))
        expect_unchanged(student.arguments_after(name, *args), arrays, names=("X", "y", "W", "b"))
