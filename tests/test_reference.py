"""The oracles against what is known without them: central differences, NumPy's own answers, closed forms."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment.oracles import names_of
from grader.assignment.starter import cut_solution
from grader.checks import numerical_gradient

REFERENCE = Path(__file__).parent.parent / "reference"
TPS = ("tp2", "tp3", "tp4")
Names = dict[str, Any]


@pytest.fixture
def tp2() -> Names:
    return names_of(REFERENCE / "tp2.py")()


@pytest.fixture
def tp3() -> Names:
    return names_of(REFERENCE / "tp3.py")()


@pytest.fixture
def tp4() -> Names:
    return names_of(REFERENCE / "tp4.py")()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


def test_softmax_of_two_logits_is_the_logistic_function(tp2: Names) -> None:
    p = tp2["softmax"](np.array([2.0, 0.0]))
    np.testing.assert_allclose(p, [1 / (1 + math.exp(-2)), 1 / (1 + math.exp(2))], rtol=1e-14)


@pytest.mark.parametrize("logit", [-10000.0, -3.0, 0.0, 3.0, 10000.0])
def test_binary_loss_is_the_loss_of_two_classes_with_logits_0_and_o(tp2: Names, logit: float) -> None:
    expected = np.logaddexp(0.0, logit) - logit
    assert tp2["binary_loss"](logit, 1) == pytest.approx(expected, abs=1e-12)


def test_gradients_of_a_batch_are_derivatives_of_its_loss(tp2: Names, rng: np.random.Generator) -> None:
    X, y, W, b = (
        rng.normal(size=(5, 3)),
        np.array([0, 2, 3, 2, 0]),
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
    )
    loss = tp2["batch_loss_and_gradients"]
    _, dW, db = loss(X, y, W, b)
    np.testing.assert_allclose(dW, numerical_gradient(lambda w: loss(X, y, w, b)[0], W), atol=1e-8)
    np.testing.assert_allclose(db, numerical_gradient(lambda v: loss(X, y, W, v)[0], b), atol=1e-8)


def test_vectorised_gradients_equal_those_of_one_example_at_a_time(
    tp2: Names, tp3: Names, rng: np.random.Generator
) -> None:
    X, y, W, b = (
        rng.normal(size=(6, 3)),
        np.array([0, 2, 3, 2, 0, 1]),
        rng.normal(size=(3, 4)),
        rng.normal(size=4),
    )
    _, dW, db = tp2["batch_loss_and_gradients"](X, y, W, b)
    for name in ("gradients", "naive_gradients"):
        got = tp3[name](X, y, W, b)
        np.testing.assert_allclose(got[0], dW, rtol=1e-12)
        np.testing.assert_allclose(got[1], db, rtol=1e-12)


sizes = st.lists(st.sampled_from([0, 1, 1, 2, 3]), max_size=4).map(tuple)


@settings(deadline=None, max_examples=200)
@given(a=sizes, b=sizes)
def test_broadcast_shape_agrees_with_numpy(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    broadcast_shape = names_of(REFERENCE / "tp3.py")()["broadcast_shape"]
    try:
        expected = np.broadcast_shapes(a, b)
    except ValueError:
        with pytest.raises(ValueError, match="do not broadcast"):
            broadcast_shape(a, b)
    else:
        assert broadcast_shape(a, b) == expected


def _network_loss(names: Names, parameters: tuple[Any, ...], X: Any, y: Any) -> tuple[float, Any]:
    W1, b1, W2, b2 = parameters
    net = names["TwoLayerPerceptron"](W1.shape[0], W1.shape[1], W2.shape[1])
    net.fc1.W, net.fc1.b, net.fc2.W, net.fc2.b = W1, b1, W2, b2
    net.forward(X)
    loss = net.loss(y)
    net.backward()
    return loss, net


def test_the_networks_gradients_are_derivatives_of_its_loss(tp4: Names, rng: np.random.Generator) -> None:
    X, y = rng.normal(size=(6, 3)), np.array([0, 1, 3, 1, 0, 3])
    parameters = tuple(rng.normal(size=shape) for shape in ((3, 5), (5,), (5, 4), (4,)))
    _, net = _network_loss(tp4, parameters, X, y)
    for i, got in enumerate((net.fc1.dW, net.fc1.db, net.fc2.dW, net.fc2.db)):

        def loss(at: Any, i: int = i) -> float:
            return _network_loss(tp4, (*parameters[:i], at, *parameters[i + 1 :]), X, y)[0]

        np.testing.assert_allclose(got, numerical_gradient(loss, parameters[i]), atol=1e-8)


def test_the_loss_of_scores_800_apart_is_800(tp4: Names) -> None:
    loss = tp4["SoftmaxCrossEntropy"]().forward(np.array([[0.0, 800.0, 3.0]]), np.array([0]))
    assert loss == pytest.approx(800.0)


def test_dropout_keeps_the_mean_and_uses_one_mask_forward_and_backward(tp4: Names) -> None:
    dropout, ones = tp4["Dropout"](0.25, seed=1), np.ones((400, 100))
    forward = dropout.forward(ones)
    assert forward.mean() == pytest.approx(1.0, abs=0.01)
    np.testing.assert_array_equal(dropout.backward(ones), forward)


def test_a_network_learns_what_no_linear_classifier_can(tp4: Names, rng: np.random.Generator) -> None:
    X = rng.uniform(-1, 1, size=(400, 2))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)  # the best straight line is right on about half
    net = tp4["TwoLayerPerceptron"](2, 16, 2, lr=0.5, seed=1)
    accuracies = tp4["train"](net, X[:300], y[:300], X[300:], y[300:], 60, 10, 0)
    assert len(accuracies) == 60
    assert accuracies[-1] > 0.85


@pytest.mark.parametrize("tp", TPS)
def test_a_starter_holds_every_name_and_no_solution(tp: str) -> None:
    path = REFERENCE / f"{tp}.py"
    source = path.read_text("utf-8")
    starter = cut_solution(source, path=path)
    names: Names = {"__name__": "starter"}
    exec(compile(starter, str(path), "exec"), names)
    solved = names_of(path)()
    assert {n for n, v in solved.items() if callable(v)} <= set(names)
    assert starter.count("NotImplementedError") == source.count("# BEGIN SOLUTION") > 8


@pytest.mark.parametrize("tp", TPS)
def test_every_function_of_a_reference_says_what_it_gives(tp: str) -> None:
    for name, value in names_of(REFERENCE / f"{tp}.py")().items():
        if callable(value) and getattr(value, "__module__", "") == f"reference_{tp}":
            assert value.__doc__, f"{name} has no docstring"
