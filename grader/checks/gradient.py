"""Gradients against central differences."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

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
T = TypeVar("T")
_Search = Generator[list[Array], list[float], T]  # gives places, takes the losses there


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
        Called up to three times, with some dozens of places whatever the size of `at`: `student.call_each`
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
    expect_gradients(
        lambda places: losses([place for (place,) in places]), (at,), (gradient,), names=(name,), rng=rng
    )


def expect_gradients(
    losses: Callable[[Sequence[tuple[Array, ...]]], Sequence[float]],
    at: Sequence[Array],
    gradients: Sequence[Array],
    *,
    names: Sequence[str],
    rng: np.random.Generator,
) -> None:
    """`expect_gradient` for each of several arguments of one loss, with no more questions than for one.

    Parameters
    ----------
    losses
        As there, but a place is a tuple like `at`, one of whose arrays is another.
    at
        The arguments.
    gradients
        What the student gives for each, vetted in this order.
    names
        How the student knows them.
    rng
        Chooses entries and directions.
    """
    claims = [_Claim(*claim) for claim in zip(at, gradients, names, strict=True)]
    for claim, found in zip(claims, _found(losses, claims, rng), strict=True):
        _vet(claim.name, found)


def _vet(name: str, found: Sequence[_Probe]) -> None:
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

    def __init__(self, label: str, direction: Array, analytic: float) -> None:
        self.label = label
        self.direction = direction
        self.analytic = analytic
        self.numeric = np.nan
        self.agrees = False
        self._gap = np.inf

    def compare(self, value: float, after: float, before: float, step: float, tolerance: _Tolerance) -> None:
        """Take a difference; it agrees when it is close, or when it stands beside a kink."""
        estimate = (after - before) / (2 * step)
        # no more than of a loss that can be differentiated: one of 1e10 would make everything right
        most = tolerance.rtol * max(abs(self.analytic), abs(estimate), 1.0)
        rounding = min(10 * abs(value) * np.finfo(np.float64).eps / step, most)
        gap = abs(self.analytic - estimate)
        self.agrees = bool(gap <= rounding + tolerance.of(self.analytic, estimate))
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


@dataclass(frozen=True, slots=True)
class _Precision:
    """The steps to take, and how close is close."""

    steps: tuple[float, ...]
    tolerance: _Tolerance


_DOUBLE = _Precision(STEPS, _Tolerance(RTOL, ATOL))
_SINGLE = _Precision((1e-2, 1e-3), _Tolerance(1e-2, 1e-4))
_TINY = 1e-11  # far below what float32 can tell apart


@dataclass(frozen=True, slots=True)
class _Claim:
    """One of the gradients."""

    at: Array
    gradient: Array
    name: str


def _found(
    losses: Callable[[Sequence[tuple[Array, ...]]], Sequence[float]],
    claims: Sequence[_Claim],
    rng: np.random.Generator,
) -> list[list[_Probe]]:
    """The probes of every claim. What all of them need next is asked at once."""
    found: list[list[_Probe]] = [[] for _ in claims]
    searches = [_search(claim, rng) for claim in claims]
    wanted = {i: next(search) for i, search in enumerate(searches)}
    at = tuple(claim.at for claim in claims)
    while wanted:
        asked = [(i, place) for i, places in wanted.items() for place in places]
        places = [(*at[:i], place, *at[i + 1 :]) for i, place in asked]
        given: dict[int, list[float]] = {i: [] for i in wanted}
        for (i, _), loss in zip(asked, losses(places), strict=True):
            given[i].append(loss)
        for i, answers in given.items():
            try:
                wanted[i] = searches[i].send(answers)
            except StopIteration as end:
                found[i] = end.value
                del wanted[i]
    return found


def _search(claim: _Claim, rng: np.random.Generator) -> _Search[list[_Probe]]:
    """Every probe, compared until it agrees or all steps have been tried."""
    is_single = claim.gradient.dtype in (np.float32, np.float16)
    directions = _directions(claim.at, rng)
    slopes = (directions * claim.gradient.astype(np.float64)).reshape(len(directions), -1).sum(axis=1)
    claimed = zip(_labels(directions, claim.name), directions, slopes.tolist(), strict=True)
    probes = [_Probe(*probe) for probe in claimed]
    value, left = yield from _differences(claim.at, probes, _SINGLE if is_single else _DOUBLE)
    if left and not is_single and (yield from _is_coarse(claim.at, value, probes)):
        yield from _differences(claim.at, left, _SINGLE, value)
    return probes


def _differences(
    at: Array, left: list[_Probe], precision: _Precision, value: float | None = None
) -> _Search[tuple[float, list[_Probe]]]:
    """Compare at each step those that do not agree yet. Gives the loss at `at`, and who never did."""
    for step in precision.steps:
        steps = step * np.array([probe.direction for probe in left])
        sides = zip(at + steps, at - steps, strict=True)
        twice = [at.copy(), at.copy()] if value is None else []
        answers = yield [*twice, *(place for pair in sides for place in pair)]
        if value is None:
            value, again, *answers = answers
            if value != again:
                raise CheckFailed(text("Two evaluations of the loss at the same place differ."))
        pairs = list(zip(left, answers[::2], answers[1::2], strict=True))
        for probe, after, before in pairs:
            probe.compare(value, after, before, step, precision.tolerance)
        wrong = [pair for pair in pairs if not pair[0].agrees]
        left = [probe for probe, _, _ in wrong]
        if not left:
            break
    assert value is not None
    for probe, after, before in wrong:
        probe.compare_at_kink(value, after, before, step, precision.tolerance)
    return value, [probe for probe in left if not probe.agrees]


def _is_coarse(at: Array, value: float, probes: Sequence[_Probe]) -> _Search[bool]:
    """Does the loss stay as it is where one of float64 would move: is something in it float32?

    A student may keep an array or the loss in float32 and give a gradient in float64.
    """
    probe = max(probes, key=lambda probe: min(abs(probe.analytic), abs(probe.numeric)))
    if not abs(probe.numeric) * _TINY > 20 * np.finfo(np.float64).eps * abs(value):
        return False
    answers = yield [at + _TINY * probe.direction, at - _TINY * probe.direction]
    return all(answer == value for answer in answers)


def _directions(at: Array, rng: np.random.Generator) -> Array:
    """Along some entries of `at`, and a random one of length 1: shape (count, *at.shape)."""
    entries = np.sort(rng.choice(at.size, size=min(at.size, MAX_ENTRIES), replace=False))
    directions = np.zeros((len(entries) + 1, at.size))
    directions[np.arange(len(entries)), entries] = 1.0
    directions[-1] = rng.normal(size=at.size)
    directions[-1] /= np.linalg.norm(directions[-1])
    return directions.reshape(len(directions), *at.shape)


def _labels(directions: Array, name: str) -> list[str]:
    """How they are called: dW[2, 1]."""
    places = np.argwhere(directions[:-1])[:, 1:].tolist()
    return [*(f"{name}[{', '.join(map(str, place))}]" for place in places), "random direction"]
