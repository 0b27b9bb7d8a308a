"""The modules on other inputs, and on those that hide no mistake."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.checks import (
    Later,
    Student,
    StudentObject,
    expect_array,
    expect_close,
    expect_gradients,
    expect_scalar,
    expect_unchanged,
    fail,
)


@pytest.mark.check(points=0.5, group="Linear", after="linear_shapes", diagnose=False)
def test_linear_differences(
    student: Student, rng: np.random.Generator, numbers: Any, make_linear: Any, output_at: Any
) -> None:
    """Linear.backward agrees with central differences of your own Linear.forward."""
    X, W, b, out_grad = numbers(5, 3), numbers(3, 7), numbers(7), numbers(5, 7)
    layer = make_linear(student, W, b)
    layer.tell("forward", X)
    in_grad, slope = layer.get_each(("backward", out_grad), "dW")
    dX = expect_array(in_grad, shape=(5, 3), name="backward(out_grad)")
    dW = expect_array(slope, shape=(3, 7), name="dW")

    evaluate = output_at(student, W, b)

    def values(places: Any) -> list[float]:
        found = evaluate.call_each("__call__", places)
        return [float(np.sum(out_grad * expect_array(Z, shape=(5, 7), name="forward(X)"))) for Z in found]

    expect_gradients(values, (X, W), (dX, dW), names=("backward(out_grad)", "dW"), rng=rng)


def _backward(layer: StudentObject, batches: Sequence[tuple[Any, Any]]) -> dict[str, Any]:
    """What the layer's last backward stores and returns, after forward and backward of every batch."""
    for X, out_grad in batches[:-1]:
        layer.tell("forward", X)
        layer.tell("backward", out_grad)
    X, out_grad = batches[-1]
    layer.tell("forward", X)
    in_grad, dW, db = layer.get_each(("backward", out_grad), "dW", "db")
    db = expect_array(db, name="db")
    return {
        "dW": expect_array(dW, name="dW"),
        "db": db[0] if db.ndim == 2 and len(db) == 1 else db,
        "backward(out_grad)": expect_array(in_grad, name="backward(out_grad)"),
    }


@pytest.mark.check(points=0.5, group="Linear", after="linear_shapes")
def test_linear_one_example(
    student: Student, reference: Student, numbers: Any, make_linear: Any, expect_follows: Any
) -> None:
    """A batch of one works, and backward belongs to the last forward."""
    X, one, W, b = numbers(5, 3), (numbers(1, 3), numbers(1, 4)), numbers(3, 4), numbers(4)
    mine, right = make_linear(student, W, b), make_linear(reference, W, b)
    for layer in (mine, right):
        layer.tell("forward", X)
    got, expected = _backward(mine, [one]), _backward(right, [one])

    @cache
    def own() -> dict[str, Any]:
        return _backward(make_linear(student, W, b), [one])

    for name, array in got.items():
        expect_follows(array, expected[name], lambda name=name: own()[name], name=name)


@pytest.mark.check(points=0.5, group="Linear", after="linear_shapes")
def test_linear_no_accumulation(
    student: Student, reference: Student, numbers: Any, make_linear: Any, expect_follows: Any
) -> None:
    """A second backward does not add to the gradients of the first."""
    W, b = numbers(3, 4), numbers(4)
    batches = [(numbers(5, 3), numbers(5, 4)), (numbers(6, 3), numbers(6, 4))]
    got, expected = (_backward(make_linear(p, W, b), batches) for p in (student, reference))

    @cache
    def own() -> dict[str, Any]:
        return _backward(make_linear(student, W, b), batches[1:])

    for name, array in got.items():
        expect_follows(array, expected[name], lambda name=name: own()[name], name=name)


@pytest.mark.check(points=0.5, group="Dropout", after="dropout_training")
def test_dropout_mask(student: Student, numbers: Any) -> None:
    """Dropout.backward uses the mask of the last forward, and each forward draws another."""
    X, out_grad = numbers(40, 30), numbers(40, 30)
    dropout = student.create("Dropout", 0.4, seed=7)
    *outputs, gradient = dropout.get_each(("forward", X), ("forward", X), ("backward", out_grad))
    first, second = (expect_array(Z, shape=X.shape, name="forward(X)") for Z in outputs)
    got = expect_array(gradient, shape=X.shape, name="backward(out_grad)")
    if np.array_equal(first == 0, second == 0):
        fail("Two calls of forward set the same entries to 0.", mistake="dropout_same_mask")
    if not np.array_equal(got == 0, second == 0):
        fail(
            "backward(out_grad) is not 0 where forward set entries to 0.",
            mistake="dropout_other_mask_in_backward",
        )
    if np.allclose(got, np.where(second == 0, 0.0, out_grad), rtol=1e-4):
        fail(
            "backward(out_grad) is not divided by 1 - rate, as forward is.",
            mistake="dropout_gradient_without_rescaling",
        )
    expect_close(got, np.where(second == 0, 0.0, out_grad / 0.6), name="backward(out_grad)")


@pytest.mark.check(points=0.5, group="Loss")
def test_loss_apart(student: Student, reference: Student, rng: np.random.Generator, numbers: Any) -> None:
    """The loss is finite and right when the scores of an example lie 800 apart."""
    logits = numbers(5, 3)
    logits[np.arange(5), rng.integers(0, 3, size=5)] += 800.0
    y = np.argmin(logits, axis=1)
    mine = student.create("SoftmaxCrossEntropy")
    value, gradient = mine.get_each(("forward", logits, y), ("backward",))
    got = expect_scalar(value, name="the loss")
    expected = reference.create("SoftmaxCrossEntropy").call("forward", logits, y)
    expect_close(got, expected, name="the loss", rtol=1e-5)
    expect_array(gradient, shape=(5, 3), name="backward()")


def _losses_and_gradients(person: Student, *batches: tuple[Any, Any]) -> list[tuple[float, Any]]:
    """Loss and gradient of each batch of logits and labels, with a new module for each."""
    modules = [person.create("SoftmaxCrossEntropy").later for _ in batches]
    asked = [(m.call("forward", *b), m.call("backward")) for m, b in zip(modules, batches, strict=True)]
    found = []
    for (value, slope), (logits, _) in zip(asked, batches, strict=True):
        loss = expect_scalar(value.value, name="the loss")
        gradient = expect_array(slope.value, shape=logits.shape, name="backward()")
        if loss <= 0 or not gradient.any():
            fail("The loss is not above 0, or its gradient is 0 everywhere.")
        found.append((loss, gradient))
    return found


@pytest.mark.check(points=0.5, group="Loss")
def test_loss_rows(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """An example with logits near 10000 does not disturb one with logits near -10000."""
    logits, offsets = numbers(4, 3), np.array([[10000.0], [-10000.0], [0.0], [1000.0]])
    y = rng.permutation(np.array([0, 1, 2, 0]))
    near, far = _losses_and_gradients(student, (logits, y), (logits + offsets, y))
    (loss, gradient), (far_loss, far_gradient) = near, far
    expect_close(far_loss, loss, name="the loss of far-off examples", rtol=1e-3, atol=1e-3)
    expect_close(far_gradient, gradient, name="backward() of far-off examples", rtol=1e-2, atol=1e-2)


@pytest.mark.check(points=0.5, group="Loss")
def test_loss_absent_class(student: Student, rng: np.random.Generator, numbers: Any) -> None:
    """The loss works for a batch of one, and when classes are absent from the batch."""
    order = np.array([2, 3, 0, 1])  # the same examples with their classes numbered otherwise
    batches = []
    for n in (6, 1):
        logits, y = numbers(n, 4), rng.permutation(np.arange(n) % 2) + 1  # classes 0 and 3 are absent
        batches += [(logits, y), (logits[:, order], np.argsort(order)[y])]
    found = _losses_and_gradients(student, *batches)
    for (loss, gradient), (other_loss, other_gradient) in zip(found[::2], found[1::2], strict=True):
        expect_close(other_loss, loss, name="the loss with other classes absent", rtol=1e-5, atol=1e-5)
        expect_close(other_gradient, gradient[:, order], name="backward()", rtol=1e-5, atol=1e-6)


@pytest.mark.check(points=0.5, group="Network", after="linear_shapes")
def test_arguments_untouched(
    student: Student, rng: np.random.Generator, numbers: Any, make_linear: Any
) -> None:
    """No method changes the arrays that it is given."""
    X, W, b, out_grad = numbers(6, 4), numbers(4, 3), numbers(3), numbers(6, 3)
    layer, relu, dropout = make_linear(student, W, b), student.create("ReLU"), student.create("Dropout", 0.4)
    loss, y = student.create("SoftmaxCrossEntropy"), np.array([0, 1, 2, 0, 1, 2])
    asked: list[tuple[Later, tuple[Any, ...], tuple[str, ...]]] = []
    for module, inputs, gradient in ((layer, X, out_grad), (relu, X, X[::-1]), (dropout, X, X[::-1])):
        asked.append((module.later.arguments_after("forward", inputs), (inputs,), ("X",)))
        asked.append((module.later.arguments_after("backward", gradient), (gradient,), ("out_grad",)))
    asked.append((loss.later.arguments_after("forward", out_grad, y), (out_grad, y), ("logits", "y")))
    for after, arrays, names in asked:
        expect_unchanged(after.value, arrays, names=names)
