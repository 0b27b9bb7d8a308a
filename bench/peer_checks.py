"""TP4's checks as plain functions over a namespace: what other graders are given to run.

Each takes a dict of the student's names and raises AssertionError. They ask what our own checks ask first:
shapes, values against an oracle, a gradient against central differences, training. The text of this file is
pasted into the notebooks and test files of the others.
"""

# ruff: noqa: PLC0415 - as students import: where it is used
import numpy as np


def _rng(seed):
    return np.random.default_rng(seed)


def _linear(names, seed=0, n_in=4, n_out=3):
    rng = _rng(seed)
    layer = names["Linear"](n_in, n_out)
    layer.W, layer.b = rng.normal(size=(n_in, n_out)), rng.normal(size=n_out)
    return layer, rng.normal(size=(5, n_in)), rng.normal(size=(5, n_out))


def _cross_entropy(logits, y):
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return -log_p[np.arange(len(y)), y].mean(), np.exp(log_p)


def check_linear_shapes(names):
    layer = names["Linear"](4, 3)
    assert np.shape(layer.W) == (4, 3)
    assert np.shape(layer.b) in ((3,), (1, 3))


def check_linear_forward(names):
    for seed in (0, 1):
        layer, X, _ = _linear(names, seed)
        assert np.allclose(layer.forward(X), X @ layer.W + layer.b)


def check_linear_backward(names):
    for seed in (0, 1):
        layer, X, out_grad = _linear(names, seed)
        layer.forward(X)
        assert np.allclose(layer.backward(out_grad), out_grad @ layer.W.T)
        assert np.allclose(layer.dW, X.T @ out_grad)
        assert np.allclose(np.ravel(layer.db), out_grad.sum(axis=0))


def check_linear_step(names):
    layer, X, out_grad = _linear(names)
    layer.forward(X)
    layer.backward(out_grad)
    W, dW = np.array(layer.W), np.array(layer.dW)
    layer.step()
    assert np.allclose(layer.W, W - 0.1 * dW)


def check_linear_differences(names):
    layer, X, out_grad = _linear(names)
    layer.forward(X)
    layer.backward(out_grad)
    dW, step = np.array(layer.dW), 1e-5
    for at in np.ndindex(*layer.W.shape):
        kept = layer.W[at]
        layer.W[at] = kept + step
        up = np.sum(out_grad * layer.forward(X))
        layer.W[at] = kept - step
        down = np.sum(out_grad * layer.forward(X))
        layer.W[at] = kept
        assert abs((up - down) / (2 * step) - dW[at]) < 1e-5


def check_relu_forward(names):
    X = _rng(0).normal(size=(5, 4))
    assert np.allclose(names["ReLU"]().forward(X), np.maximum(X, 0))


def check_relu_backward(names):
    rng = _rng(0)
    X, out_grad, relu = rng.normal(size=(5, 4)), rng.normal(size=(5, 4)), names["ReLU"]()
    relu.forward(X)
    assert np.allclose(relu.backward(out_grad), out_grad * (X > 0))


def check_dropout_training(names):
    X = np.ones((200, 50))
    out = names["Dropout"](0.4, seed=1).forward(X)
    assert abs(np.mean(out == 0) - 0.4) < 0.05
    assert np.allclose(out[out != 0], 1 / 0.6)


def check_dropout_inference(names):
    dropout = names["Dropout"](0.4, seed=1)
    dropout.training = False
    X = _rng(0).normal(size=(5, 4))
    assert np.allclose(dropout.forward(X), X)


def check_loss_values(names):
    for seed in (0, 1):
        rng = _rng(seed)
        logits, y = rng.normal(size=(6, 4)), rng.integers(4, size=6)
        assert abs(names["SoftmaxCrossEntropy"]().forward(logits, y) - _cross_entropy(logits, y)[0]) < 1e-9


def check_loss_gradient(names):
    for seed in (0, 1):
        rng = _rng(seed)
        logits, y = rng.normal(size=(6, 4)), rng.integers(4, size=6)
        loss = names["SoftmaxCrossEntropy"]()
        loss.forward(logits, y)
        expected = (_cross_entropy(logits, y)[1] - np.eye(4)[y]) / 6
        assert np.allclose(loss.backward(), expected)


def check_loss_apart(names):
    value = names["SoftmaxCrossEntropy"]().forward(np.array([[800.0, 0.0]]), np.array([1]))
    assert abs(value - 800.0) < 1e-6


def check_network_forward(names):
    net = names["TwoLayerPerceptron"](4, 6, 3, seed=0)
    X = _rng(0).normal(size=(5, 4))
    expected = np.maximum(X @ net.fc1.W + net.fc1.b, 0) @ net.fc2.W + net.fc2.b
    assert np.allclose(net.forward(X), expected)


def check_network_gradients(names):
    rng = _rng(0)
    net = names["TwoLayerPerceptron"](4, 6, 3, seed=0)
    X, y, step = rng.normal(size=(5, 4)), rng.integers(3, size=5), 1e-5
    net.forward(X)
    net.loss(y)
    net.backward()
    for layer in (net.fc1, net.fc2):
        gradient = np.array(layer.dW)
        for at in list(np.ndindex(*layer.W.shape))[:12]:
            kept, values = layer.W[at], []
            for moved in (kept + step, kept - step):
                layer.W[at] = moved
                net.forward(X)
                values.append(net.loss(y))
            layer.W[at] = kept
            assert abs((values[0] - values[1]) / (2 * step) - gradient[at]) < 1e-5


def check_train_moons(names):
    from sklearn.datasets import make_moons

    X, y = make_moons(n_samples=300, noise=0.1, random_state=0)
    net = names["TwoLayerPerceptron"](2, 16, 2, lr=0.5, seed=0)
    accuracies = names["train"](net, X[:200], y[:200], X[200:], y[200:], 60, 20, 0)
    assert accuracies[-1] > 0.9


def check_train_digits(names):
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    X = X / 16.0
    net = names["TwoLayerPerceptron"](64, 32, 10, lr=0.3, seed=0)
    accuracies = names["train"](net, X[:800], y[:800], X[800:1200], y[800:1200], 10, 32, 0)
    assert accuracies[-1] > 0.85
