"""What a class did as a whole: rates, spread, and the mistakes that several share."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.model import Check, Correction, Graded, Outcome, State, Text, Tier
from grader.report.numbers import quantile
from grader.store import Standing, standing

MIN_FOR_DISCRIMINATION = 8  # students; below, a correlation says nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRow:
    """What the class page needs of one submission: small, so that a large class fits in memory."""

    key: str
    name: str
    identifier: str | None
    state: State
    message: Text
    standing: Standing
    late_s: int | None
    outcomes: tuple[tuple[str, Outcome, float], ...]  # check, outcome, share of its points
    mistakes: tuple[tuple[str, str], ...]  # check, id of the mistake
    files: tuple[str, ...]
    tier: Tier | None
    is_reviewed: bool = False
    wall_s: float = 0.0
    cpu_s: float = 0.0
    memory_bytes: int = 0

    @property
    def was_run(self) -> bool:
        """Were checks run at all?"""
        return bool(self.outcomes)


def class_row(
    graded: Graded, corrections: Sequence[Correction] = (), *, is_reviewed: bool = False
) -> ClassRow:
    """The row of one submission."""
    result = graded.result
    return ClassRow(
        key=result.key,
        name=result.name,
        identifier=result.identifier,
        state=result.state,
        message=result.message,
        standing=standing(result, corrections),
        late_s=result.lateness.seconds,
        outcomes=tuple(
            _outcome(c.check, c.outcome, c.points / c.out_of if c.out_of else 0.0) for c in result.checks
        ),
        mistakes=tuple((c.check, mistake) for c in result.checks for mistake in c.mistakes),
        files=result.files,
        tier=result.provenance.tier if result.provenance else None,
        is_reviewed=is_reviewed,
        wall_s=math.fsum(c.wall_s for c in graded.costs),
        cpu_s=math.fsum(c.cpu_s for c in graded.costs),
        memory_bytes=max((c.memory_bytes for c in graded.costs), default=0),
    )


@lru_cache(maxsize=4_096)
def _outcome(check: str, outcome: Outcome, share: float) -> tuple[str, Outcome, float]:
    """The same for all who did the same: most of a class page's memory."""
    return check, outcome, share


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFigures:
    """How a class did on one check."""

    check: Check
    counts: tuple[tuple[Outcome, int], ...]  # those that occur, in the order of `Outcome`
    n: int
    passed: float  # share
    mean: float  # share of the points
    discrimination: float | None  # correlation with the rest of the score
    mistakes: tuple[tuple[str, int], ...]  # id and students, most frequent first


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakeFigures:
    """Who made one of the known mistakes."""

    id: str
    checks: tuple[str, ...]
    rows: tuple[ClassRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Where the scores of those who were graded lie."""

    n: int
    mean: float
    low: float  # first quartile
    median: float
    high: float  # third quartile
    bins: tuple[int, ...]  # students per point, the last bin holding full marks


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's correlation; None where one of the two does not vary."""
    n = len(xs)
    if n < 2:
        return None
    mx, my = math.fsum(xs) / n, math.fsum(ys) / n
    sxx = math.fsum((x - mx) ** 2 for x in xs)
    syy = math.fsum((y - my) ** 2 for y in ys)
    if sxx < 1e-12 or syy < 1e-12:
        return None
    return math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / math.sqrt(sxx * syy)


def check_figures(checks: Sequence[Check], rows: Sequence[ClassRow]) -> tuple[CheckFigures, ...]:
    """How the class did on each check."""
    ran = [row for row in rows if row.was_run]
    shares = [{name: share for name, _, share in row.outcomes} for row in ran]
    outcomes = [{name: outcome for name, outcome, _ in row.outcomes} for row in ran]
    weights = {check.name: check.points for check in checks}
    totals = [math.fsum(weights.get(name, 0.0) * s for name, s in share.items()) for share in shares]
    made: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in ran:
        for check_name, mistake in dict.fromkeys(row.mistakes):
            made[check_name][mistake] += 1
    return tuple(_of_check(check, shares, outcomes, totals, made[check.name]) for check in checks)


def _of_check(
    check: Check,
    shares: Sequence[dict[str, float]],
    outcomes: Sequence[dict[str, Outcome]],
    totals: Sequence[float],
    made: dict[str, int],
) -> CheckFigures:
    seen = [
        (share[check.name], total - check.points * share[check.name], outcome[check.name])
        for share, outcome, total in zip(shares, outcomes, totals, strict=True)
        if check.name in share
    ]
    n = len(seen)
    found = [outcome for _, _, outcome in seen]
    rest = (
        correlation([s for s, _, _ in seen], [t for _, t, _ in seen]) if n >= MIN_FOR_DISCRIMINATION else None
    )
    return CheckFigures(
        check=check,
        counts=tuple((o, found.count(o)) for o in Outcome if o in found),
        n=n,
        passed=found.count(Outcome.PASSED) / n if n else 0.0,
        mean=math.fsum(s for s, _, _ in seen) / n if n else 0.0,
        discrimination=rest,
        mistakes=tuple(sorted(made.items(), key=lambda item: (-item[1], item[0]))),
    )


def mistake_figures(rows: Sequence[ClassRow]) -> tuple[MistakeFigures, ...]:
    """Each mistake that was met, the most shared first."""
    who: dict[str, dict[str, ClassRow]] = defaultdict(dict)
    where: dict[str, dict[str, None]] = defaultdict(dict)
    for row in rows:
        for check, mistake in row.mistakes:
            who[mistake][row.key] = row
            where[mistake][check] = None
    found = [MistakeFigures(id=m, checks=tuple(where[m]), rows=tuple(who[m].values())) for m in who]
    return tuple(sorted(found, key=lambda f: (-len(f.rows), f.id)))


def spread(rows: Sequence[ClassRow], out_of: float) -> Spread:
    """Where the final scores lie."""
    scores = [row.standing.final for row in rows if row.was_run]
    count = min(20, max(1, math.ceil(out_of)))
    bins = [0] * count
    for score in scores:
        bins[min(count - 1, max(0, int(score / out_of * count)))] += 1
    return Spread(
        n=len(scores),
        mean=math.fsum(scores) / len(scores) if scores else 0.0,
        low=quantile(scores, 0.25),
        median=quantile(scores, 0.5),
        high=quantile(scores, 0.75),
        bins=tuple(bins),
    )
