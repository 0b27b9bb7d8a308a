"""The perceptron and its training on other inputs, and on those that hide no mistake."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    expect_accuracy,
    expect_array,
    expect_gradients,
    expect_scalar,
    fail,
)
from grader.model import Confusion, text


def _parameters(numbers: Callable[..., Any], d: int, h: int, q: int) -> tuple[Any, ...]:
    return numbers(d, h), numbers(h), numbers(h, q), numbers(q)


@pytest.mark.check(points=0.5, group="Network", after="linear_shapes", diagnose=False)
def test_network_differences(
    student: Student, rng: np.random.Generator, numbers: Any, make_net: Any, loss_at: Any
) -> None:
    """The network's gradients agree with central differences of its own loss."""
    X, y = numbers(7, 3), rng.permutation(np.arange(7) % 4)
    parameters = tuple(p / 4 for p in _parameters(numbers, 3, 8, 4))
    net = make_net(student, parameters)
    for call in (("forward", X), ("loss", y), ("backward",)):
        net.tell(*call)
    shapes = {"fc1.dW": (3, 8), "fc1.db": [(8,), (1, 8)], "fc2.dW": (8, 4), "fc2.db": [(4,), (1, 4)]}
    gradients = [
        expect_array(value, shape=shape, name=name)
        for (name, shape), value in zip(shapes.items(), net.get_each(*shapes), strict=True)
    ]
    evaluate = loss_at(student, parameters, X, y)

    def losses(places: Any) -> list[float]:
        values = evaluate.call_each("__call__", [_changed(parameters, place) for place in places])
        return [expect_scalar(value, name="loss(y)") for value in values]

    expect_gradients(losses, parameters, gradients, names=tuple(shapes), rng=rng)


def _changed(parameters: tuple[Any, ...], place: tuple[Any, ...]) -> tuple[int, Any]:
    """Which parameter is another one there, and the other one."""
    return next((i, at) for i, at in enumerate(place) if at is not parameters[i])


@pytest.mark.check(points=0.5, group="Network", after="linear_shapes")
def test_network_nonlinear(student: Student, numbers: Any, make_net: Any) -> None:
    """The network is more than one linear map: there is an activation between its layers, and none after."""
    net = make_net(student, _parameters(numbers, 3, 9, 4))
    A, B = numbers(12, 3), numbers(12, 3)
    outputs = net.get_each(("forward", A), ("forward", B), ("forward", (A + B) / 2))
    at = [expect_array(Z, shape=(12, 4), name="forward(X)") for Z in outputs]
    bend = np.abs(at[0] + at[1] - 2 * at[2]).max()
    if bend < 1e-3:
        fail("forward is an affine function of X: two linear layers are one.", mistake="no_activation")
    if min(logits.min() for logits in at) >= 0:
        fail("No logit is ever below 0: an activation follows the last layer.", mistake="relu_on_scores")


# A mask is drawn: what forward gives says no more than whether there is one.
IS_AS_BEFORE = "lambda net, X, logits: (((net.forward(X) - logits) ** 2).max() <= 1e-6).item()"


@pytest.mark.check(points=0.5, group="Network", after="network_predict")
def test_validate_untouched(
    student: Student, reference: Student, rng: np.random.Generator, numbers: Any, make_net: Any
) -> None:
    """validate runs without dropout, changes no parameter, and leaves dropout on for training."""
    X, parameters = numbers(60, 3), _parameters(numbers, 3, 40, 4)
    names = ("fc1.W", "fc1.b", "fc2.W", "fc2.b")
    plain, net = make_net(student, parameters), make_net(student, parameters, dropout=0.5)
    logits = expect_array(plain.call("forward", X), shape=(60, 4), name="forward(X)")
    y = np.argmax(logits, axis=1)
    later = [net.later.get(name) for name in names]
    later += [net.later.call("validate", X, y), *(net.later.get(name) for name in names)]
    is_off = student.make(IS_AS_BEFORE, name="forward(X) after validate").later.call(
        "__call__", net, X, logits
    )
    found = [each.value for each in later]
    before = [expect_array(v, name=n) for n, v in zip(names, found[:4], strict=True)]
    accuracy = expect_scalar(found[4], name="validate(X, y)")
    for name, old, new in zip(names, before, found[5:], strict=True):
        if not np.array_equal(old, expect_array(new, name=name)):
            fail(text("validate changes {name}.", name=name), mistake="validate_trains")
    if accuracy != 1.0:
        module = student.create("Dropout", 0.5, seed=1)
        module.set("training", False)
        own = expect_array(module.call("forward", X), shape=X.shape, name="Dropout.forward(X)")
        fail(
            "With dropout = 0.5, validate is not right on what the same network predicts without.",
            mistake="dropout_in_validation" if np.array_equal(own, X) else "dropout_in_inference",
        )
    if is_off.value is not False:
        fail("After validate dropout stays off in training.", mistake="dropout_left_off")


# A network of the student's own class that writes down which examples each step was made with.
RECORDER = (
    "type('Recorder', (TwoLayerPerceptron,), {"
    "'forward': lambda self, X: (setattr(self, 'seen_X', X), TwoLayerPerceptron.forward(self, X))[1], "
    "'loss': lambda self, y: (setattr(self, 'seen_y', y), setattr(self, 'used_X', self.seen_X), "
    "TwoLayerPerceptron.loss(self, y))[2], "
    "'backward': lambda self: (self.record.append((self.used_X[:, 0].tolist(), self.seen_y.tolist())), "
    "TwoLayerPerceptron.backward(self))[1], "
    "'record': []})(2, 5, 3, lr=0.1, seed=0)"
)


@pytest.mark.check(points=0.5, group="Training", after="linear_shapes")
def test_train_batches(student: Student, rng: np.random.Generator) -> None:
    """Each epoch of train takes every example once, with its label, in another order."""
    n, batch_size, num_epochs = 23, 5, 4
    X = np.column_stack([np.arange(n), rng.normal(size=n)]) / 32
    y = rng.permutation(np.arange(n) % 3)
    student.later.get("TwoLayerPerceptron")
    net = student.make(RECORDER, name="TwoLayerPerceptron")
    student.later.call("train", net, X, y, -1 - X[:7], y[:7], num_epochs, batch_size, 3)
    batches = _vetted(net.get("record"))
    classes = {float(v): int(c) for v, c in zip(X[:, 0], y, strict=True)}
    drawn = [(v, c) for values, labels in batches for v, c in zip(values, labels, strict=False)]
    if any(v not in classes for v, _ in drawn):
        idle = student.make(RECORDER, name="TwoLayerPerceptron")
        idle.call("validate", -1 - X[:7], y[:7])
        fail(
            "train takes steps with examples that are not in X_train.",
            mistake="validate_trains" if idle.get("record") else "trains_on_validation",
        )
    if any(classes[v] != c for v, c in drawn):
        fail("Examples and labels do not belong together in the batches.", mistake="labels_shuffled_apart")
    sizes = [len(values) for values, _ in batches]
    if sizes == [5, 5, 5, 5] * num_epochs:
        fail("The last, smaller batch of each epoch is left out.", mistake="last_batch_dropped")
    if sizes != [5, 5, 5, 5, 3] * num_epochs:
        fail("The batches of an epoch of 23 examples do not have the sizes 5, 5, 5, 5, 3.")
    epochs = [[v for v, _ in drawn[i : i + n]] for i in range(0, len(drawn), n)]
    if any(len(set(epoch)) != n for epoch in epochs):
        fail("Some examples come twice in an epoch, others not at all.")
    if any(epoch == sorted(epoch) for epoch in epochs):
        fail("The examples are not shuffled.", mistake="not_shuffled")
    if epochs[0] == epochs[1] == epochs[2]:
        fail("The examples come in the same order in every epoch.", mistake="shuffles_once")


def _vetted(record: Any) -> list[tuple[list[float], list[int]]]:
    pairs = [p for p in record if isinstance(p, (tuple, list)) and len(p) == 2]
    if not pairs:
        fail("train takes no step.")
    return [([float(v) for v in values], [int(c) for c in labels]) for values, labels in pairs]


@pytest.mark.check(points=0.5, group="Training", after="linear_shapes", timeout_s=15, diagnose=False)
def test_train_digits(student: Student, data: Any, attach: Any) -> None:
    """Trained on 600 digits, the network is right on 85 % of the digits kept apart (points from 65 %)."""
    sets = {seed: data("digits", seed) for seed in (5, 6)}
    classes, values = _trained(student, sets, (64, 32, 10), lr=0.08, num_epochs=10)
    attach(_confusion(classes[-1], sets[6][-1], 10))
    expect_accuracy(values, floor=0.65, target=0.85, name="accuracy on the digits")


@pytest.mark.check(points=0.5, group="Training", after="linear_shapes", timeout_s=15, diagnose=False)
def test_train_beats_linear(student: Student, data: Any) -> None:
    """Trained on one circle within another, the network is right where a linear classifier cannot be."""
    sets = {seed: data("circles", seed) for seed in (8, 9)}
    _, values = _trained(student, sets, (2, 20, 2), lr=0.2, num_epochs=20)
    linear = max(_linear_accuracy(data, seed) for seed in (8, 9))
    expect_accuracy(values, floor=max(0.7, linear), target=0.9, name="accuracy on two circles")


def _trained(
    student: Student, sets: dict[int, Any], sizes: tuple[int, int, int], *, lr: float, num_epochs: int
) -> tuple[list[Any], list[float]]:
    """What networks trained with each seed answer on the examples kept apart, and how many of it is right."""
    outputs = []
    for seed, (X, y, X_val, y_val, X_test, _) in sets.items():
        net = student.create("TwoLayerPerceptron", *sizes, lr=lr, seed=seed)
        student.later.call("train", net, X, y, X_val[:50], y_val[:50], num_epochs, 4, seed)
        outputs.append(net.later.call("forward", X_test))
    labels = [y_test for *_, y_test in sets.values()]
    logits = [
        expect_array(Z.value, shape=(len(y_test), sizes[-1]), name="forward(X)")
        for Z, y_test in zip(outputs, labels, strict=True)
    ]
    classes = [np.argmax(Z, axis=1) for Z in logits]
    return classes, [float(np.mean(c == y_test)) for c, y_test in zip(classes, labels, strict=True)]


def _confusion(classes: Any, y: Any, q: int) -> Confusion:
    counts = np.zeros((q, q), dtype=int)
    np.add.at(counts, (y, classes), 1)
    return Confusion(title="Digits of the last seed", counts=tuple(map(tuple, counts.tolist())))


@cache
def _linear_accuracy(data: Callable[..., Any], seed: int) -> float:
    """Of least squares on the labels -1 and 1, the same for every student."""
    X, y, _, _, X_test, y_test = data("circles", seed)
    weights, *_ = np.linalg.lstsq(np.column_stack([X, np.ones(len(X))]), 2.0 * y - 1, rcond=None)
    return float(np.mean((np.column_stack([X_test, np.ones(len(X_test))]) @ weights > 0) == y_test))
