"""Messages of the vetting functions: the first rung that fails, in the student's words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from grader.checks import (
    CheckFailed,
    PartialCredit,
    expect_accuracy,
    expect_array,
    expect_close,
    expect_equal,
    expect_gradient,
    expect_gradients,
    expect_raises,
    expect_scalar,
    expect_unchanged,
    expect_vectorised,
    numerical_gradient,
)
from tests.fakes import student


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, r"softmax\(O\) is None \(is a return missing\?\), expected an array of shape \(4, 3\)"),
        ([1.0], r"softmax\(O\) is a list, expected an array of shape"),
        (np.zeros((3, 4)), r"has shape \(3, 4\), expected \(4, 3\): rows and columns are exchanged"),
        (np.zeros(3), r"has shape \(3,\), expected \(4, 3\)\."),
        (np.zeros((4, 3), complex), "holds complex128, expected real numbers"),
        (
            np.full((4, 3), np.nan),
            r"12 of 12 entries are not finite; the first is softmax\(O\)\[0, 0\] = nan",
        ),
    ],
)
def test_only_the_first_rung_is_told(value: Any, words: str) -> None:
    with pytest.raises(CheckFailed, match=words):
        expect_array(value, shape=(4, 3), name="softmax(O)")


def test_a_bias_may_be_a_row() -> None:
    assert expect_array(np.zeros((1, 3)), shape=[(3,), (1, 3)], name="b").shape == (3,)


@pytest.mark.parametrize("value", [1, 1.0, np.float32(1), np.array(1.0), np.array([1.0]), True])
def test_a_number_may_come_in_many_forms(value: Any) -> None:
    assert expect_scalar(value, name="loss") == 1.0


@pytest.mark.parametrize("value", [None, "1", [1.0], (1.0,), np.zeros(2), 1j, float("nan")])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(CheckFailed, match="loss"):
        expect_scalar(value, name="loss")


X = np.arange(1.0, 13.0).reshape(4, 3)


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (4 * X, "Every entry is 4 times the expected one"),
        (-X, "The sign is opposite everywhere"),
        (0 * X, "All entries are zero"),
        (X + 2, "off by the same amount, 2"),
        (X * [[1], [2], [3], [4]], "Each row is its own multiple"),
        (X * [[1, 2, 3]], "Each column is its own multiple"),
        (X + [[0], [0], [0], [1]] * np.array([1.0, -1.0, 2.0]), "Only row 3 is wrong"),
    ],
)
def test_the_pattern_of_a_difference_is_named(got: Any, words: str) -> None:
    with pytest.raises(CheckFailed, match=words):
        expect_close(got, X, name="dW")


def test_a_transposed_square_is_named() -> None:
    square = X[:3]
    with pytest.raises(CheckFailed, match="transpose"):
        expect_close(square.T, square, name="dW")


def test_counts_and_numbers_are_kept_apart() -> None:
    got = X.copy()
    got[2, 1] = 0.0
    with pytest.raises(CheckFailed, match="1 of 12 entries are wrong, by up to 100 %") as caught:
        expect_close(got, X, name="dW")
    assert str(caught.value.message).find("8") == -1  # the right answer is not in it
    assert str(caught.value.numbers) == "dW[2, 1] is 0, expected 8."


def test_single_precision_is_judged_at_its_own_precision() -> None:
    expect_close((X * (1 + 3e-6)).astype(np.float32), X, name="dW")
    with pytest.raises(CheckFailed, match="12 of 12"):
        expect_close(X * (1 + 3e-6), X, name="dW")


def test_changed_arguments_are_told() -> None:
    proxy = student("def f(x):\n    x -= 1\n    return x\ndef g(x): return x - 1")
    for asked in (proxy.observe, proxy.arguments_after):
        expect_unchanged(asked("g", X), (X,), names=("X",))
        with pytest.raises(CheckFailed, match="changed its argument X"):
            expect_unchanged(asked("f", X), (X,), names=("X",))


def test_equality_takes_a_list_for_a_tuple() -> None:
    expect_equal([4, 3], (4, 3), name="shape")
    with pytest.raises(CheckFailed, match="shape is wrong"):
        expect_equal((3, 4), (4, 3), name="shape")


def test_an_exception_may_be_asked_for() -> None:
    proxy = student("def f(): raise ValueError\ndef g(): raise KeyError\ndef h(): pass")
    expect_raises(proxy, "f", exception="ValueError")
    with pytest.raises(CheckFailed, match="g raised KeyError, expected ValueError"):
        expect_raises(proxy, "g", exception="ValueError")
    with pytest.raises(CheckFailed, match="h raised nothing"):
        expect_raises(proxy, "h", exception="ValueError")


# --- gradients -----------------------------------------------------------------------------------------

RNG = np.random.default_rng(3)
A = RNG.normal(size=(5, 4))


def loss(w: Any) -> float:
    return float(np.sum(np.tanh(A @ w) ** 2))


def losses(places: Any) -> list[float]:
    return [loss(w) for w in places]


W = RNG.normal(size=(4, 3))
GRADIENT = A.T @ (2 * np.tanh(A @ W) * (1 - np.tanh(A @ W) ** 2))


def test_a_right_gradient_passes() -> None:
    expect_gradient(losses, W, GRADIENT, name="dW", rng=np.random.default_rng(0))
    np.testing.assert_allclose(numerical_gradient(loss, W), GRADIENT, rtol=1e-6, atol=1e-8)


def _rounded_input(w: Any) -> float:
    return loss(w.astype(np.float32))


def _rounded_loss(w: Any) -> float:
    return float(np.float32(loss(w)))


@pytest.mark.parametrize("coarse", [_rounded_input, _rounded_loss])
def test_a_loss_in_single_precision_is_differentiated_in_larger_steps(coarse: Any) -> None:
    expect_gradient(lambda at: [coarse(w) for w in at], W, GRADIENT, name="dW", rng=np.random.default_rng(0))
    with pytest.raises(CheckFailed, match="not the derivative"):
        expect_gradient(
            lambda at: [coarse(w) for w in at], W, GRADIENT * 1.05, name="dW", rng=np.random.default_rng(0)
        )


@pytest.mark.parametrize("offset", [1e9, 1e10, 1e12])
def test_a_huge_loss_makes_no_gradient_right(offset: float) -> None:
    with pytest.raises(CheckFailed, match=r"not the derivative|does not react"):
        expect_gradient(
            lambda at: [loss(w) + offset for w in at], W, -GRADIENT, name="dW", rng=np.random.default_rng(0)
        )


def test_a_gradient_off_by_a_factor_is_told_with_the_factor() -> None:
    with pytest.raises(CheckFailed, match=r"not the derivative of your own loss.*0\.2 times"):
        expect_gradient(losses, W, GRADIENT / 5, name="dW", rng=np.random.default_rng(0))


@pytest.mark.parametrize("fake", [0.0, 7.5])
def test_emptying_the_loss_makes_no_gradient_right(fake: float) -> None:
    with pytest.raises(CheckFailed, match="does not react"):
        expect_gradient(lambda at: [fake] * len(at), W, 0 * W, name="dW", rng=np.random.default_rng(0))


def test_a_random_loss_makes_no_gradient_right() -> None:
    noise, rng = np.random.default_rng(1), np.random.default_rng(0)
    with pytest.raises(CheckFailed, match="Two evaluations"):
        expect_gradient(lambda at: noise.normal(size=len(at)), W, GRADIENT, name="dW", rng=rng)


def _hinges(places: Any) -> list[float]:
    return [float(np.maximum(x, 0).sum()) for x in places]


@pytest.mark.parametrize("slope", [0.0, 0.3, 1.0])
def test_any_slope_between_the_sides_is_right_at_a_kink(slope: float) -> None:
    at = np.array([0.0, 1.0, -1.0])
    gradient = np.array([slope, 1.0, 0.0])
    expect_gradient(_hinges, at, gradient, name="dx", rng=np.random.default_rng(0))


def test_a_slope_outside_the_sides_is_wrong_at_a_kink() -> None:
    at = np.array([0.0, 1.0, -1.0])
    with pytest.raises(CheckFailed, match="not the derivative"):
        expect_gradient(
            _hinges,
            at,
            np.array([1.5, 1.0, 0.0]),
            name="dx",
            rng=np.random.default_rng(0),
        )


def test_the_cost_of_a_gradient_does_not_grow_with_the_array() -> None:
    calls, evaluations = 0, 0

    def counted(places: Any) -> list[float]:
        nonlocal calls, evaluations
        calls, evaluations = calls + 1, evaluations + len(places)
        return [float((x**2).sum()) for x in places]

    at = np.ones((100, 50))
    expect_gradient(counted, at, 2 * at, name="dx", rng=np.random.default_rng(0))
    assert calls == 1
    assert evaluations < 30


def test_several_gradients_take_no_more_questions_than_one() -> None:
    asked: list[int] = []

    def counted(places: Any) -> list[float]:
        asked.append(len(places))
        assert all(sum(one is not kept for one, kept in zip(p, at, strict=True)) == 1 for p in places)
        return [float(np.sum(u**2) * np.sum(v)) for u, v in places]

    at = (np.arange(1.0, 4.0), np.arange(2.0, 6.0))
    right = 2 * at[0] * at[1].sum(), np.full(4, (at[0] ** 2).sum())
    expect_gradients(counted, at, right, names=("du", "dv"), rng=np.random.default_rng(0))
    assert len(asked) == 1
    with pytest.raises(CheckFailed, match="dv is not the derivative"):
        expect_gradients(counted, at, (right[0], -right[1]), names=("du", "dv"), rng=np.random.default_rng(0))


def test_losses_for_too_few_places_are_the_authors_mistake() -> None:
    with pytest.raises(ValueError, match="shorter"):
        expect_gradient(lambda at: [1.0], W, GRADIENT, name="dW", rng=np.random.default_rng(0))


# --- accuracy and loops --------------------------------------------------------------------------------


@pytest.mark.parametrize(("mean", "share"), [(0.70, 0.5), (0.65, 0.25), (0.799, 0.995)])
def test_points_grow_linearly_between_floor_and_target(mean: float, share: float) -> None:
    with pytest.raises(PartialCredit, match="right on average over 2 seeds") as caught:
        expect_accuracy([mean - 0.01, mean + 0.01], floor=0.6, target=0.8, name="accuracy")
    assert caught.value.share == pytest.approx(share)


def test_accuracy_at_the_target_passes_and_at_the_floor_fails() -> None:
    expect_accuracy([0.8, 0.8], floor=0.6, target=0.8, name="accuracy")
    with pytest.raises(CheckFailed, match=r"60\.0 % right"):
        expect_accuracy([0.6, 0.6], floor=0.6, target=0.8, name="accuracy")


LOOPS = {
    "for": "out = []\n    for o in O: out.append(o.sum())\n    return np.array(out)",
    "comprehension": "return np.array([o.sum() for o in O])",
    "map": "return np.array(list(map(sum, O.tolist())))",
    "vectorize": "return np.vectorize(lambda v: v + 1.0)(O)",
    "apply_along_axis": "return np.apply_along_axis(np.sum, 1, O)",
    "while": "i = 0\n    while i < len(O): i += 1\n    return O",
    "recursion": "return O if len(O) < 2 else np.concatenate([O[:1], f(O[1:])])",
}


@pytest.mark.parametrize("body", LOOPS.values(), ids=LOOPS)
def test_every_kind_of_loop_is_counted(body: str) -> None:
    with pytest.raises(CheckFailed, match="loops over the examples"):
        expect_vectorised(student(f"def f(O):\n    {body}"), "f", lambda n: (np.ones((n, 3)),))


def test_array_operations_are_no_loop() -> None:
    body = "e = np.exp(O - O.max(axis=1, keepdims=True))\n    return e / e.sum(axis=1, keepdims=True)"
    code = f"def f(O):\n    {body}"
    expect_vectorised(student(code), "f", lambda n: (np.ones((n, 3)),))


def test_a_loop_over_classes_is_no_loop_over_examples() -> None:
    code = "def f(O):\n    return np.stack([O[:, j] for j in range(O.shape[1])], axis=1)"
    expect_vectorised(student(code), "f", lambda n: (np.ones((n, 3)),))


def test_switching_the_counting_off_earns_nothing() -> None:
    code = "import sys\ndef f(O):\n    sys.settrace(None)\n    return [o for o in O]"
    with pytest.raises(CheckFailed, match="tracing off"):
        expect_vectorised(student(code), "f", lambda n: (np.ones((n, 3)),))
