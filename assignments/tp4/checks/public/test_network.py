"""The perceptron and its training."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Student,
    StudentObject,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_scalar,
    fail,
)
from grader.model import Chart, Regions, Series, text


def _parameters(numbers: Callable[..., Any], d: int, h: int, q: int) -> tuple[Any, ...]:
    return numbers(d, h), numbers(h), numbers(h, q), numbers(q)


def _labels(rng: np.random.Generator, n: int, q: int) -> Any:
    return rng.permutation(np.arange(n) % q)


@pytest.mark.check(points=0.75, group="Network", after="linear_shapes")
def test_network_forward(
    student: Student,
    reference: Student,
    rng: np.random.Generator,
    numbers: Any,
    make_net: Any,
    make_linear: Any,
    expect_follows: Any,
) -> None:
    """TwoLayerPerceptron.forward(X) gives the logits, loss(y) their mean cross-entropy."""
    X, y, parameters = numbers(6, 4), _labels(rng, 6, 3), _parameters(numbers, 4, 5, 3)
    mine, right = make_net(student, parameters), make_net(reference, parameters)
    outputs, value = mine.get_each(("forward", X), ("loss", y))
    logits = expect_array(outputs, shape=(6, 3), name="forward(X)")
    expected, loss = right.get_each(("forward", X), ("loss", y))

    def own_logits() -> Any:
        return _own_forward(student, make_linear, parameters, X)

    def own_loss() -> Any:
        own = student.create("SoftmaxCrossEntropy").call("forward", logits, y)
        return np.asarray(expect_scalar(own, name="SoftmaxCrossEntropy.forward(logits, y)"))

    expect_follows(logits, expected, own_logits, name="forward(X)")
    got = np.asarray(expect_scalar(value, name="loss(y)"))
    expect_follows(got, np.asarray(loss), own_loss, name="loss(y)")


def _own_forward(person: Student, make_linear: Any, parameters: tuple[Any, ...], X: Any) -> Any:
    """The logits from the student's own Linear and ReLU, put together here."""
    W1, b1, W2, b2 = parameters
    hidden = person.create("ReLU").call("forward", make_linear(person, W1, b1).call("forward", X))
    logits = make_linear(person, W2, b2).call("forward", hidden)
    return expect_array(logits, name="Linear.forward(ReLU.forward(Linear.forward(X)))")


@pytest.mark.check(points=1.25, group="Network", after="network_forward")
def test_network_gradients(
    student: Student,
    reference: Student,
    rng: np.random.Generator,
    numbers: Any,
    make_net: Any,
    make_linear: Any,
    expect_follows: Any,
) -> None:
    """backward() puts the gradients of the mean loss into fc1 and fc2."""
    X, y, parameters = numbers(6, 4), _labels(rng, 6, 3), _parameters(numbers, 4, 5, 3)
    got, expected = (
        _gradients(make_net(person, parameters), X, y, (4, 5, 3)) for person in (student, reference)
    )

    @cache
    def own() -> dict[str, Any]:
        return _own_gradients(student, make_linear, parameters, X, y)

    for name, mine in got.items():
        expect_follows(mine, expected[name], lambda name=name: own()[name], name=name)


def _gradients(net: StudentObject, X: Any, y: Any, sizes: tuple[int, int, int]) -> dict[str, Any]:
    d, h, q = sizes
    net.tell("forward", X)
    net.tell("loss", y)
    net.tell("backward")
    shapes = {"fc1.dW": (d, h), "fc1.db": [(h,), (1, h)], "fc2.dW": (h, q), "fc2.db": [(q,), (1, q)]}
    found = zip(shapes.items(), net.get_each(*shapes), strict=True)
    return {name: expect_array(value, shape=shape, name=name) for (name, shape), value in found}


def _own_gradients(
    person: Student, make_linear: Any, parameters: tuple[Any, ...], X: Any, y: Any
) -> dict[str, Any]:
    """The gradients from the student's own modules, put together here: wiring is what is asked."""
    W1, b1, W2, b2 = parameters
    fc1, relu, fc2 = make_linear(person, W1, b1), person.create("ReLU"), make_linear(person, W2, b2)
    loss = person.create("SoftmaxCrossEntropy")
    loss.tell("forward", fc2.call("forward", relu.call("forward", fc1.call("forward", X))), y)
    fc1.tell("backward", relu.call("backward", fc2.call("backward", loss.call("backward"))))
    layers = {"fc1": fc1, "fc2": fc2}
    parts = ("dW", "db")
    values = {n: layer.get_each(*parts) for n, layer in layers.items()}
    found = {f"{n}.{part}": v for n in layers for part, v in zip(parts, values[n], strict=True)}
    vetted = {n: expect_array(v, name=f"{n} of your own modules") for n, v in found.items()}
    return {n: v[0] if n.endswith("db") and v.ndim == 2 else v for n, v in vetted.items()}


@pytest.mark.check(points=0.5, group="Network", after="linear_shapes")
def test_network_step(
    student: Student,
    rng: np.random.Generator,
    numbers: Any,
    make_net: Any,
    make_linear: Any,
    expect_follows: Any,
) -> None:
    """step() of the network moves both layers, at the network's learning rate."""
    X, y, parameters = numbers(6, 4), _labels(rng, 6, 3), _parameters(numbers, 4, 5, 3)
    net = make_net(student, parameters, lr=0.25)
    for call in (("forward", X), ("loss", y), ("backward",)):
        net.tell(*call)
    names = ("fc1", "fc2")
    weights, slopes = [f"{name}.W" for name in names], [f"{name}.dW" for name in names]
    found = [net.later.get(name) for name in (*weights, *slopes)]
    net.tell("step")
    left = [net.later.get(name) for name in weights]
    before = [expect_array(v.value, name=n) for n, v in zip(weights, found[:2], strict=True)]
    gradients = [expect_array(v.value, name=n) for n, v in zip(slopes, found[2:], strict=True)]
    after = [expect_array(v.value, name=f"{n} after step()") for n, v in zip(weights, left, strict=True)]
    moved = [not np.array_equal(old, new) for old, new in zip(before, after, strict=True)]
    for name, gradient, does_move in zip(names, gradients, moved, strict=True):
        if np.abs(gradient).max() > 1e-6 and not does_move:
            fail(
                text("step() does not move {name}.W, although {name}.dW is not 0.", name=name),
                mistake="first_layer_not_trained" if moved == [False, True] else None,
            )

    @cache
    def factor() -> float:
        return _own_step(student, make_linear, parameters[0], parameters[1], X, numbers(6, 5))

    for name, old, new, gradient in zip(names, before, after, gradients, strict=True):
        expect_follows(
            new - old,
            -0.25 * gradient,
            lambda gradient=gradient: factor() * gradient,
            name=f"change of {name}.W in step(), lr = 0.25",
            rtol=1e-3,
            atol=1e-5,
        )


def _own_step(person: Student, make_linear: Any, W: Any, b: Any, X: Any, out_grad: Any) -> float:
    """By which multiple of dW the student's own Linear moves W: -lr where it is right."""
    layer = make_linear(person, W, b, lr=0.25)
    layer.tell("forward", X)
    layer.tell("backward", out_grad)
    W_before, dW = layer.get_each("W", "dW")
    before = expect_array(W_before, shape=W.shape, name="W")
    dW = expect_array(dW, shape=W.shape, name="dW")
    layer.tell("step")
    change = expect_array(layer.get("W"), shape=W.shape, name="W after step()") - before
    return float(np.sum(change * dW) / max(np.sum(dW * dW), 1e-12))


@pytest.mark.check(points=0.5, group="Network", after="linear_shapes")
def test_network_predict(student: Student, rng: np.random.Generator, numbers: Any, make_net: Any) -> None:
    """predict(X) gives the most probable class of each example, validate(X, y) the share of right ones."""
    X, parameters = numbers(8, 4), _parameters(numbers, 4, 5, 3)
    net = make_net(student, parameters)
    outputs, classes = net.get_each(("forward", X), ("predict", X))
    logits = expect_array(outputs, shape=(8, 3), name="forward(X)")
    expected = np.argmax(logits, axis=1)
    got = expect_array(classes, shape=(8,), name="predict(X)")
    expect_close(got, expected.astype(float), name="predict(X)")
    y = expected.copy()
    y[:3] = (y[:3] + 1) % 3
    accuracy = expect_scalar(net.call("validate", X, y), name="validate(X, y)")
    expect_close(accuracy, 5 / 8, name="validate(X, y) with 5 of 8 right")


@pytest.mark.check(points=0.5, group="Training", after="linear_shapes")
def test_train_returns(student: Student, data: Any) -> None:
    """train returns the validation accuracy after each epoch, a list of num_epochs floats."""
    X, y, X_val, y_val, _, _ = data("moons", 11)
    y_val = 1 - y_val  # what is learnt is wrong there: accuracy on the examples to train is not asked
    net = student.create("TwoLayerPerceptron", 2, 12, 2, lr=0.5, seed=4)
    returned = student.later.call("train", net, X[:90], y[:90], X_val, y_val, 6, 16, 5)
    afterwards = net.later.call("validate", X_val, y_val)
    values = returned.value
    if not isinstance(values, (list, tuple, np.ndarray)) or np.shape(values) != (6,):
        fail("train(...) with num_epochs = 6 does not return a list of 6 numbers.")
    accuracies = [expect_scalar(v, name=f"accuracy after epoch {i + 1}") for i, v in enumerate(values)]
    last = expect_scalar(afterwards.value, name="validate(X_val, y_val)")
    if abs(accuracies[-1] - last) > 1e-9:
        on_training = expect_scalar(net.call("validate", X[:90], y[:90]), name="validate(X_train, y_train)")
        fail(
            text("The last number that train returns is not what validate(X_val, y_val) gives afterwards."),
            mistake="accuracy_of_training_examples" if abs(accuracies[-1] - on_training) < 1e-9 else None,
        )


@pytest.mark.check(points=1.0, group="Training", after="linear_shapes", timeout_s=15, diagnose=False)
def test_train_moons(student: Student, data: Any, attach: Any) -> None:
    """Trained on two moons, the network is right on 90 % of the examples kept apart (points from 75 %)."""
    curves, outputs, labels = [], [], []
    for seed in (1, 2, 3):
        X, y, X_val, y_val, X_test, y_test = data("moons", seed)
        net = student.create("TwoLayerPerceptron", 2, 16, 2, lr=0.4, seed=seed)
        curves.append(student.later.call("train", net, X, y, X_val, y_val, 36, 4, seed))
        outputs.append(net.later.call("forward", X_test))
        labels.append(y_test)
    everywhere = net.later.call("forward", _grid())
    values = []
    for Z, y_test in zip(outputs, labels, strict=True):
        logits = expect_array(Z.value, shape=(len(y_test), 2), name="forward(X)")
        values.append(float(np.mean(np.argmax(logits, axis=1) == y_test)))
    attach(_regions(everywhere.value, X_test, y_test))
    _attach_curves(attach, [curve.value for curve in curves])
    expect_accuracy(values, floor=0.75, target=0.9, name="accuracy on two moons")


GRID = 36  # points in a row of the map, and rows


def _grid() -> Any:
    across, up = np.linspace(-2.0, 3.0, GRID), np.linspace(-1.5, 2.0, GRID)
    return np.column_stack([axis.ravel() for axis in np.meshgrid(across, up)])


def _regions(outputs: Any, X: Any, y: Any) -> Regions:
    logits = expect_array(outputs, shape=(GRID * GRID, 2), name="forward(X)")
    classes = np.argmax(logits, axis=1).reshape(GRID, GRID).tolist()
    points = np.column_stack([X, y])[:150].tolist()
    return Regions(
        title="Where the network of the last seed says which class",
        x_range=(-2.0, 3.0),
        y_range=(-1.5, 2.0),
        grid=tuple(map(tuple, classes)),
        points=tuple((a, b, int(c)) for a, b, c in points),
    )


def _attach_curves(attach: Any, curves: list[Any]) -> None:
    """The accuracies that train returned, where they are numbers."""
    series = []
    for seed, curve in enumerate(curves, start=1):
        numbers = np.asarray(curve) if isinstance(curve, (list, np.ndarray)) else np.zeros(0, dtype=object)
        if numbers.ndim == 1 and numbers.dtype.kind in "fi" and 0 < numbers.size <= 100:
            x = tuple(float(i) for i in range(1, numbers.size + 1))
            series.append(Series(label=f"seed {seed}", x=x, y=tuple(float(v) for v in numbers)))
    if series:
        attach(
            Chart(
                title="What train returned on two moons",
                x_label="epoch",
                y_label="validation accuracy",
                series=tuple(series),
                thresholds=(("no points", 0.75), ("all points", 0.9)),
            )
        )
