"""Gradients against central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.compare import pattern
from grader.checks.outcomes import CheckFailed
from grader.model import GradientEntries, text

Array = NDArray[Any]
MAX_ENTRIES = 10  # sampled; a random direction speaks for the others
STEPS = (1e-4, 1e-5, 1e-6)
RTOL = 1e-4
ATOL = 1e-7


def numerical_gradient(f: Callable[[Array], float], x: Array, *, step: float = 1e-5) -> Array:
    """Gradient of `f` at `x` by central differences.

    Parameters
    ----------
    f
        Takes an array of x's shape, returns a float. Called 2 * x.size times.
    x
        Shape (...), float64. Not modified.
    step
        In the units of `x`. Error falls as step**2 down to about 6e-6, then rounding wins.

    Returns
    -------
    Array
        Shape of `x`, float64.

    Raises
    ------
    ValueError
        If `x` is not float64: in float32 at most five digits survive.

    References
    ----------
    Nocedal & Wright, Numerical Optimization, 2nd ed., section 8.1.
    """
    if x.dtype != np.float64:
        raise ValueError(f"x is {x.dtype}, must be float64")
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        forward, backward = x.copy(), x.copy()  # copies: f may write into its argument
        forward[index] += step
        backward[index] -= step
        gradient[index] = (f(forward) - f(backward)) / (2 * step)
    return gradient


def expect_gradient(
    loss: Callable[[Array], float], at: Array, gradient: Array, *, name: str, rng: np.random.Generator
) -> None:
    """`gradient` is the derivative of the student's own `loss` at `at`.

    Parameters
    ----------
    loss
        The student's loss as a function of one array; give it vetted floats back. Called some dozens of
        times whatever the size of `at`.
    at
        Shape (...), float64.
    gradient
        What the student gives, shape of `at`.
    name
        How the student knows the gradient: "dW".
    rng
        Chooses entries and the direction.

    Notes
    -----
    A difference is taken at several steps, and its best agreement counts. Beside a kink (ReLU at 0) every
    value between the one-sided derivatives is right. A loss that does not react to `at`, or that changes
    from call to call, earns nothing: else emptying it would make any gradient right.
    """
    value = loss(at.copy())
    if loss(at.copy()) != value:
        raise CheckFailed(text("Two evaluations of the loss at the same place differ."))
    found = [_compare(loss, value, at, gradient, probe) for probe in _probes(at, name, rng)]
    entries = GradientEntries(
        name=name,
        labels=tuple(f.label for f in found),
        analytic=tuple(f.analytic for f in found),
        numeric=tuple(f.numeric for f in found),
    )
    if not any(f.numeric for f in found):
        raise CheckFailed(
            text("The loss does not react when the argument of {name} changes.", name=name),
            evidence=(entries,),
        )
    wrong = [f for f in found if not f.agrees]
    if not wrong:
        return
    a, n = np.array(entries.analytic[:-1]), np.array(entries.numeric[:-1])
    words = text(
        "{name} is not the derivative of your own loss: {wrong} of {size} probed entries differ from central "
        "differences.",
        name=name,
        wrong=len(wrong),
        size=len(found),
    )
    seen = pattern(a, n, np.array([not f.agrees for f in found[:-1]]))
    raise CheckFailed(
        text("{words} {pattern}", words=words, pattern=seen) if seen else words,
        numbers=text(
            "{label} is {got}, central differences give {expected}.",
            label=wrong[0].label,
            got=f"{wrong[0].analytic:.6g}",
            expected=f"{wrong[0].numeric:.6g}",
        ),
        evidence=(entries,),
    )


@dataclass(frozen=True, slots=True)
class _Probe:
    label: str
    direction: Array


@dataclass(frozen=True, slots=True)
class _Found:
    label: str
    analytic: float
    numeric: float
    agrees: bool


def _probes(at: Array, name: str, rng: np.random.Generator) -> Iterator[_Probe]:
    count = min(at.size, MAX_ENTRIES)
    for flat in np.sort(rng.choice(at.size, size=count, replace=False)):
        direction = np.zeros(at.shape)
        direction.flat[flat] = 1.0
        index = ", ".join(str(int(i)) for i in np.unravel_index(int(flat), at.shape)) if at.ndim else ""
        yield _Probe(f"{name}[{index}]", direction)
    direction = rng.normal(size=at.shape)
    yield _Probe("random direction", direction / np.linalg.norm(direction))


def _compare(
    loss: Callable[[Array], float], value: float, at: Array, gradient: Array, probe: _Probe
) -> _Found:
    analytic = float(np.sum(gradient.astype(np.float64) * probe.direction))
    single = gradient.dtype in (np.float32, np.float16)
    rtol, atol = (1e-2, 1e-4) if single else (RTOL, ATOL)
    best = np.inf
    numeric = np.nan
    for step in (1e-2, 1e-3) if single else STEPS:
        forward = loss(at + step * probe.direction)
        backward = loss(at - step * probe.direction)
        estimate = (forward - backward) / (2 * step)
        rounding = abs(value) * np.finfo(np.float64).eps / step
        gap = abs(analytic - estimate)
        if gap < best or not np.isfinite(numeric):
            best, numeric = gap, estimate
        if gap <= atol + 10 * rounding + rtol * max(abs(analytic), abs(estimate)):
            return _Found(probe.label, analytic, estimate, True)
    sides = sorted([(forward - value) / step, (value - backward) / step])
    slack = atol + rtol * max(abs(sides[0]), abs(sides[1]))
    at_kink = sides[1] - sides[0] > 1e-3 * max(abs(sides[0]), abs(sides[1])) + 1e-6
    agrees = at_kink and sides[0] - slack <= analytic <= sides[1] + slack
    return _Found(probe.label, analytic, numeric, bool(agrees))
