"""Gradients against central differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
    losses: Callable[[Sequence[Array]], Sequence[float]],
    at: Array,
    gradient: Array,
    *,
    name: str,
    rng: np.random.Generator,
) -> None:
    """`gradient` is the derivative of the student's own loss at `at`.

    Parameters
    ----------
    losses
        The student's loss at each of many places, arrays of the shape of `at`; give it vetted floats back.
        Called up to four times, with some dozens of places whatever the size of `at`: `student.call_each`
        makes one request of them.
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
    found = _found(losses, at, gradient, name, rng)
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


class _Probe:
    """One direction, the derivative that the gradient claims there, and the differences found so far."""

    def __init__(self, label: str, direction: Array, gradient: Array) -> None:
        self.label = label
        self.direction = direction
        self.analytic = float(np.sum(gradient.astype(np.float64) * direction))
        self.numeric = np.nan
        self.agrees = False
        self._gap = np.inf

    def places(self, at: Array, step: float) -> tuple[Array, Array]:
        """Where the loss is needed for a difference."""
        return at + step * self.direction, at - step * self.direction

    def compare(self, value: float, after: float, before: float, step: float, tolerance: _Tolerance) -> None:
        """Take a difference; it agrees when it is close, or when it stands beside a kink."""
        estimate = (after - before) / (2 * step)
        rounding = abs(value) * np.finfo(np.float64).eps / step
        gap = abs(self.analytic - estimate)
        self.agrees = bool(gap <= 10 * rounding + tolerance.of(self.analytic, estimate))
        if gap < self._gap or self.agrees or not np.isfinite(self.numeric):
            self._gap, self.numeric = gap, estimate

    def compare_at_kink(
        self, value: float, after: float, before: float, step: float, tolerance: _Tolerance
    ) -> None:
        """Between the one-sided derivatives everything is right, where they differ."""
        low, high = sorted([(after - value) / step, (value - before) / step])
        slack = tolerance.of(low, high)
        is_kink = high - low > 1e-3 * max(abs(low), abs(high)) + 1e-6
        self.agrees = bool(is_kink and low - slack <= self.analytic <= high + slack)


@dataclass(frozen=True, slots=True)
class _Tolerance:
    rtol: float
    atol: float

    def of(self, *numbers: float) -> float:
        return self.atol + self.rtol * max(map(abs, numbers))


def _found(
    losses: Callable[[Sequence[Array]], Sequence[float]],
    at: Array,
    gradient: Array,
    name: str,
    rng: np.random.Generator,
) -> list[_Probe]:
    single = gradient.dtype in (np.float32, np.float16)
    tolerance = _Tolerance(1e-2, 1e-4) if single else _Tolerance(RTOL, ATOL)
    probes = [_Probe(label, direction, gradient) for label, direction in _directions(at, name, rng)]
    left, twice = probes, [at.copy(), at.copy()]
    value = np.nan
    for step in (1e-2, 1e-3) if single else STEPS:
        places = [place for probe in left for place in probe.places(at, step)]
        answers = list(losses([*twice, *places]))
        if twice:
            value, again = answers[0], answers[1]
            if value != again:
                raise CheckFailed(text("Two evaluations of the loss at the same place differ."))
        pairs = list(zip(answers[len(twice) :: 2], answers[len(twice) + 1 :: 2], strict=True))
        for probe, (after, before) in zip(left, pairs, strict=True):
            probe.compare(value, after, before, step, tolerance)
        twice = []
        wrong = [(probe, pair) for probe, pair in zip(left, pairs, strict=True) if not probe.agrees]
        left = [probe for probe, _ in wrong]
        if not left:
            return probes
    for probe, (after, before) in wrong:
        probe.compare_at_kink(value, after, before, step, tolerance)
    return probes


def _directions(at: Array, name: str, rng: np.random.Generator) -> Iterator[tuple[str, Array]]:
    count = min(at.size, MAX_ENTRIES)
    for flat in np.sort(rng.choice(at.size, size=count, replace=False)):
        direction = np.zeros(at.shape)
        direction.flat[flat] = 1.0
        index = ", ".join(str(int(i)) for i in np.unravel_index(int(flat), at.shape)) if at.ndim else ""
        yield f"{name}[{index}]", direction
    direction = rng.normal(size=at.shape)
    yield "random direction", direction / np.linalg.norm(direction)
