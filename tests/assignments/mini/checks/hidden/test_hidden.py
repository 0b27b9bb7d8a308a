import numpy as np
import pytest

from grader.checks import expect_array, expect_close, expect_gradient, expect_scalar, expect_vectorised


@pytest.mark.check(points=1, group="Softmax", visibility="after_due")
def test_softmax_stable(student, reference):
    """softmax(O) is right for logits of 10000."""
    logits = np.array([[1e4, 1e4 - 1, 0.0], [-1e4, 0.0, 1.0]])
    got = expect_array(student.call("softmax", logits), shape=(2, 3), name="softmax(O)")
    expect_close(got, reference.call("softmax", logits), name="softmax(O)")


@pytest.mark.check(points=2, group="Softmax")
def test_softmax_vectorised(student):
    """softmax(O) does not loop over the rows."""
    expect_vectorised(student, "softmax", lambda n: (np.linspace(-1, 1, 3 * n).reshape(n, 3),))


@pytest.mark.check(points=2, group="Scale", after="scale_forward")
def test_scale_backward(student, rng):
    """Scale.backward gives the derivative of Scale.forward."""
    X, weight = rng.normal(size=(4, 3)), rng.normal(size=(4, 3))

    def losses(places):
        found = student.create("Scale", 3.0).call_each("forward", [(x,) for x in places])
        vetted = [expect_array(z, shape=(4, 3), name="Z") for z in found]
        return [expect_scalar(float(np.sum(weight * z)), name="loss") for z in vetted]

    layer = student.create("Scale", 3.0)
    layer.call("forward", X)
    got = expect_array(layer.call("backward", weight), shape=(4, 3), name="backward")
    expect_gradient(losses, X, got, name="dX", rng=rng)
