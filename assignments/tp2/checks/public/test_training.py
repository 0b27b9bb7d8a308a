"""Batches, minibatches, training."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import Student, expect_accuracy, expect_array, expect_close, expect_scalar, fail


@pytest.mark.check(points=1.5, group="Batch")
def test_batch_values(
    student: Student,
    reference: Student,
    rng: np.random.Generator,
    numbers: Any,
    pair: Any,
    expect_follows: Any,
) -> None:
    """batch_loss_and_gradients gives the means over the batch of loss, dW and db."""
    X, y, W, b = numbers(6, 4), rng.permutation(np.arange(6) % 3), numbers(4, 3), numbers(3)
    value = student.call("batch_loss_and_gradients", X, y, W, b)
    if not isinstance(value, (tuple, list)) or len(value) != 3:
        fail("batch_loss_and_gradients(X, y, W, b) does not return three values: loss, dW, db.")
    loss = expect_scalar(value[0], name="loss")
    dW, db = pair(value[1:], 4, 3, name="(dW, db)")
    own_loss, own_dW, own_db = _own_means(student, pair, X, y, W, b)
    expected = reference.call("batch_loss_and_gradients", X, y, W, b)
    expect_follows(loss, expected[0], own_loss, name="loss")
    expect_follows(dW, expected[1], own_dW, name="dW")
    expect_follows(db, expected[2], own_db, name="db")


def _own_means(person: Student, pair: Any, X: Any, y: Any, W: Any, b: Any) -> tuple[Any, Any, Any]:
    """From the student's own functions of one example."""
    losses, dWs, dbs = [], [], []
    for x, c in zip(X, y, strict=True):
        p = person.call("predict_proba", x, W, b)
        losses.append(expect_scalar(person.call("cross_entropy", p, int(c)), name="cross_entropy(p, c)"))
        dW, db = pair(person.call("gradients", x, int(c), W, b), *W.shape, name="gradients(x, c, W, b)")
        dWs.append(dW)
        dbs.append(db)
    return np.mean(losses), np.mean(dWs, axis=0), np.mean(dbs, axis=0)


def _data(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    """Examples that can be told by their first feature."""
    X = np.column_stack([np.arange(n), rng.integers(1, 100, size=n)]) / 32
    return X, rng.permutation(np.arange(n) % 3)


def _batches(student: Student, X: Any, y: Any, batch_size: int, seed: int) -> list[tuple[Any, Any]]:
    found = []
    for item in student.collect("minibatches", X, y, batch_size, seed):
        if not isinstance(item, (tuple, list)) or len(item) != 2:
            fail("minibatches(...) does not give pairs (X_batch, y_batch).")
        m = len(item[1]) if isinstance(item[1], np.ndarray) and item[1].ndim else 1
        X_batch = expect_array(item[0], shape=(m, X.shape[1]), name="X_batch")
        found.append((X_batch, expect_array(item[1], shape=(m,), name="y_batch")))
    if not found:
        fail("minibatches(...) gives no batch.")
    return found


@pytest.mark.check(points=1.0, group="Minibatches")
def test_minibatches_cover(student: Student, rng: np.random.Generator) -> None:
    """minibatches gives every example once; only the last batch is smaller."""
    X, y = _data(rng, 23)
    batches = _batches(student, X, y, 5, 3)
    sizes = [len(labels) for _, labels in batches]
    if sizes == [5, 5, 5, 5]:
        fail("The last, smaller batch is left out.", mistake="last_batch_dropped")
    if sizes != [5, 5, 5, 5, 3]:
        fail("The batches of 23 examples with batch_size = 5 do not have the sizes 5, 5, 5, 5, 3.")
    drawn = np.concatenate([X_batch[:, 0] for X_batch, _ in batches])
    if not np.array_equal(np.sort(drawn), X[:, 0]):
        fail("Some examples come twice, others not at all.", mistake="samples_with_replacement")


@pytest.mark.check(points=1.0, group="Minibatches")
def test_minibatches_pairs(student: Student, rng: np.random.Generator) -> None:
    """minibatches keeps each example with its label, and each row as it is."""
    X, y = _data(rng, 22)
    of_first = {float(x[0]): (float(x[1]), int(c)) for x, c in zip(X, y, strict=True)}
    for X_batch, y_batch in _batches(student, X, y, 4, 5):
        for x, c in zip(X_batch, y_batch, strict=True):
            feature, label = of_first.get(float(x[0]), (None, None))
            if feature != float(x[1]):
                fail("A batch holds a row that is not a row of X.")
            if label != c:
                fail("Examples and labels do not belong together.", mistake="labels_shuffled_apart")


@pytest.mark.check(points=0.5, group="Minibatches")
def test_minibatches_order(student: Student, rng: np.random.Generator) -> None:
    """minibatches shuffles: the same seed gives the same order, another seed another."""
    X, y = _data(rng, 30)
    orders = [
        np.concatenate([X_batch[:, 0] for X_batch, _ in _batches(student, X, y, 7, seed)])
        for seed in (1, 1, 2)
    ]
    if np.array_equal(orders[0], X[:, 0][: len(orders[0])]):
        fail("The examples are not shuffled.", mistake="not_shuffled")
    if not np.array_equal(orders[0], orders[1]):
        fail("The same seed gives another order the second time.", mistake="seed_ignored")
    if np.array_equal(orders[0], orders[2]):
        fail("Every seed gives the same order.", mistake="seed_constant")


@pytest.mark.check(points=1.0, group="Training")
def test_accuracy_values(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """accuracy(X, y, W, b) is the share of right predictions."""
    X, W, b = numbers(8, 4), numbers(4, 3), numbers(3)
    own = [expect_array(student.call("predict_proba", x, W, b), shape=(3,), name="predict_proba") for x in X]
    y = np.argmax(own, axis=1)
    wrong = rng.choice(8, size=3, replace=False)
    y[wrong] = (y[wrong] + 1) % 3
    got = expect_scalar(student.call("accuracy", X, y, W, b), name="accuracy(X, y, W, b)")
    expect_close(got, 5 / 8, name="accuracy(X, y, W, b) with 5 of 8 right", atol=1e-6)


@pytest.mark.check(points=1.0, group="Training", timeout_s=20, diagnose=False)
def test_train_overfits(student: Student, digits: Any, train: Any) -> None:
    """Trained on a single batch of 64 digits, the model is right on all of them (points from 80 %)."""
    values = []
    for seed in (1, 2):
        X, y = digits(seed)
        W, b = train(student, X[:64], y[:64], 10, num_epochs=40, batch_size=8, lr=0.5, seed=seed)
        values.append(float(np.mean(np.argmax(X[:64] @ W + b, axis=1) == y[:64])))
    expect_accuracy(values, floor=0.8, target=1.0, name="accuracy on the batch itself")


@pytest.mark.check(points=0.5, group="Two classes")
def test_binary_loss_values(student: Student, reference: Student, numbers: Any) -> None:
    """binary_loss(o, t) is the logistic loss."""
    for o in np.concatenate([numbers(3), [0.0]]):
        for t in (0, 1):
            got = expect_scalar(student.call("binary_loss", float(o), t), name="binary_loss(o, t)")
            expected = reference.call("binary_loss", float(o), t)
            expect_close(got, expected, name="binary_loss(o, t)", rtol=1e-5, atol=1e-5)
