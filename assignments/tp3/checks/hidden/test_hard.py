"""Extreme logits, other sizes, and training on the digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_equal,
    expect_gradients,
    expect_scalar,
    expect_unchanged,
    fail,
)

HUGE = 10**15
CASES = (
    ((0,), (1,)),
    ((3, 0), (1, 1)),
    ((HUGE, 1), (1, HUGE)),
    ((HUGE,), (HUGE, 2, 1)),
    ((1, 5, 1, 7), (6, 1, 8, 1)),
)
ASKING = {"broadcast_shapes", "broadcast_arrays", "broadcast_to", "empty", "zeros", "ones", "full"}


@pytest.mark.check(points=1.0, group="Broadcasting")
def test_broadcast_own_rules(student: Student, reference: Student) -> None:
    """broadcast_shape works by its own rules, for sizes of 0 and sizes that no array can have."""
    answers = [student.observe("broadcast_shape", a, b) for a, b in CASES]
    asked = {f.rpartition(".")[2] for seen in answers for f in seen.functions} & ASKING
    if asked:
        fail("broadcast_shape asks NumPy instead of following the rules.", mistake="broadcast_asks_numpy")
    for (a, b), seen in zip(CASES, answers, strict=True):
        expect_equal(seen.value, reference.call("broadcast_shape", a, b), name=f"broadcast_shape({a}, {b})")


@pytest.mark.check(points=0.75, group="Softmax")
def test_softmax_rows(student: Student, reference: Student, numbers: Any) -> None:
    """Rows with logits near 10000, near -10000 and far apart do not disturb each other."""
    O = numbers(5, 3) + np.array([[10000.0], [-10000.0], [0.0], [800.0], [-800.0]])
    O[2, 1] += 800.0
    got = expect_array(student.call("softmax", O), shape=(5, 3), name="softmax(O)")
    expect_close(got, reference.call("softmax", O), name="softmax(O)", rtol=1e-2, atol=1e-6)


@pytest.mark.check(points=0.75, group="Model")
def test_naive_agreement(
    student: Student,
    reference: Student,
    rng: np.random.Generator,
    numbers: Any,
    pair: Any,
    expect_follows: Any,
) -> None:
    """gradients agrees with TP2's loop, example by example."""
    X, y, W, b = numbers(7, 3), rng.permutation(np.arange(7) % 5), numbers(3, 5), numbers(5)
    dW, db = pair(student.call("gradients", X, y, W, b), 3, 5, name="gradients(X, y, W, b)")
    singles = [
        pair(student.call("gradients", X[i : i + 1], y[i : i + 1], W, b), 3, 5, name="gradients of one")
        for i in range(7)
    ]
    expected = reference.call("naive_gradients", X, y, W, b)
    expect_follows(dW, expected[0], np.mean([s[0] for s in singles], axis=0), name="dW")
    expect_follows(db, expected[1], np.mean([s[1] for s in singles], axis=0), name="db")


@pytest.mark.check(points=0.75, group="Model", diagnose=False)
def test_gradients_differences(student: Student, rng: np.random.Generator, numbers: Any, pair: Any) -> None:
    """dW and db agree with central differences of your own mean loss."""
    X, y, W, b = numbers(5, 3), rng.permutation(np.arange(5) % 4), numbers(3, 4) / 4, numbers(4) / 4
    dW, db = pair(student.call("gradients", X, y, W, b), 3, 4, name="gradients(X, y, W, b)")

    def losses(places: Any) -> list[float]:
        found = student.call_each("predict_proba", [(X, weights, bias) for weights, bias in places])
        values = student.call_each("cross_entropy", [(P, y) for P in found])
        return [expect_scalar(value, name="cross_entropy(predict_proba(…), y)") for value in values]

    expect_gradients(losses, (W, b), (dW, db), names=("dW", "db"), rng=rng)


@pytest.mark.check(points=0.75, group="Loss")
def test_loss_absent_class(student: Student, rng: np.random.Generator, probabilities: Any) -> None:
    """The loss and its gradient work for a batch of one, and when classes are absent."""
    for n in (6, 1):
        P, y = probabilities(n, 4), rng.permutation(np.arange(n) % 2) + 1  # classes 0 and 3 are absent
        order = np.array([2, 3, 0, 1])  # the same examples with their classes numbered otherwise
        other_P, other_y = P[:, order], np.argsort(order)[y]
        losses = [
            expect_scalar(student.call("cross_entropy", *args), name="cross_entropy(P, y)")
            for args in ((P, y), (other_P, other_y))
        ]
        gradients = [
            expect_array(student.call("loss_gradient", *args), shape=(n, 4), name="loss_gradient(P, y)")
            for args in ((P, y), (other_P, other_y))
        ]
        if not losses[0] or not gradients[0].any():
            fail("The loss or its gradient is 0.")
        expect_close(losses[1], losses[0], name="cross_entropy(P, y)", rtol=1e-5, atol=1e-5)
        expect_close(gradients[1], gradients[0][:, order], name="loss_gradient(P, y)", atol=1e-6)


@pytest.mark.check(points=1.0, group="Training")
def test_train_step(student: Student, rng: np.random.Generator, numbers: Any, pair: Any, train: Any) -> None:
    """One step of train moves W and b by -lr times the gradient, also when the batch is short."""
    X, y, lr = numbers(6, 4), rng.permutation([0, 0, 0, 1, 1, 2]), 0.125
    for batch_size in (6, 15):  # one step an epoch: the order of the examples does not matter
        options = {"batch_size": batch_size, "lr": lr, "seed": 4}
        W, b = train(student, X, y, 3, num_epochs=1, **options)
        dW, db = pair(student.call("gradients", X, y, W, b), 4, 3, name="gradients(X, y, W, b)")
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
    for factor, mistake in named.items():
        if factor != 1 and np.allclose(change, factor * expected, rtol=1e-3, atol=1e-6):
            fail("The step of train is a multiple of the right one.", mistake=mistake)
    if not change[-1].any() and expected[-1].any():
        fail("train changes W but not b.", mistake="bias_not_updated")


@pytest.mark.check(points=1.0, group="Training", timeout_s=20, diagnose=False)
def test_train_digits(student: Student, digits: Any, train: Any) -> None:
    """Trained on 600 digits, the model is right on 80 % of the digits kept apart (points from 60 %)."""
    values = []
    for seed in (11, 12, 13):
        X, y = digits(seed)
        W, b = train(student, X[:600], y[:600], 10, num_epochs=10, batch_size=16, lr=0.5, seed=seed)
        values.append(float(np.mean(np.argmax(X[800:] @ W + b, axis=1) == y[800:])))
    expect_accuracy(values, floor=0.6, target=0.8, name="accuracy on the digits kept apart")


@pytest.mark.check(points=0.5, group="Model")
def test_arguments_untouched(student: Student, numbers: Any, probabilities: Any) -> None:
    """No function changes the arrays that it is given."""
    O, P, X, W, b = numbers(5, 3), probabilities(5, 3), numbers(5, 4), numbers(4, 3), numbers(3)
    y = np.array([0, 1, 2, 0, 1])
    for name, args in (
        ("softmax", (O,)),
        ("cross_entropy", (P, y)),
        ("loss_gradient", (P, y)),
        ("predict_proba", (X, W, b)),
        ("gradients", (X, y, W, b)),
        ("accuracy", (X, y, W, b)),
        ("relu", (O,)),
        ("relu_gradient", (O,)),
    ):
        names = {"loss_gradient": ("P", "y"), "gradients": ("X", "y", "W", "b")}.get(name, ("X", "W", "b"))
        expect_unchanged(student.arguments_after(name, *args), args, names=names)
    expect_unchanged(student.arguments_after("train", X, y, 1, 2, 0.1, 0), (X, y), names=("X", "y"))
