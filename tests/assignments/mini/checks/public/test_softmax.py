import numpy as np
import pytest

from grader.checks import expect_array, expect_close, expect_scalar, expect_unchanged


@pytest.mark.check(points=1, group="Softmax")
def test_softmax_shape(student, rng):
    """softmax(O) has the shape of O."""
    expect_array(student.call("softmax", rng.normal(size=(4, 3))), shape=(4, 3), name="softmax(O)")


@pytest.mark.check(points=2, group="Softmax", after="softmax_shape")
def test_softmax_values(student, reference, rng):
    """softmax(O) agrees with the oracle and leaves O alone."""
    logits = rng.normal(size=(4, 3))
    seen = student.observe("softmax", logits)
    got = expect_array(seen.value, shape=(4, 3), name="softmax(O)")
    expect_close(got, reference.call("softmax", logits), name="softmax(O)")
    expect_unchanged(seen, (logits,), names=("O",))


@pytest.mark.check(points=1, group="Loss")
def test_cross_entropy(student, reference, rng):
    """cross_entropy(P, y) is the mean over the batch."""
    P = rng.dirichlet(np.ones(3), size=5)
    y = np.array([0, 2, 2, 1, 0])
    got = expect_scalar(student.call("cross_entropy", P, y), name="cross_entropy(P, y)")
    expect_close(got, reference.call("cross_entropy", P, y), name="cross_entropy(P, y)")


@pytest.mark.check(points=1, group="Scale")
def test_scale_forward(student, rng):
    """Scale(w).forward(X) is w X."""
    X = rng.normal(size=(4, 3))
    got = student.create("Scale", 3.0).call("forward", X)
    expect_close(expect_array(got, shape=(4, 3), name="Z"), 3.0 * X, name="Z")
