"""What a submission is worth once people and the calendar have had their say; the three stay apart."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from grader.model import Correction, SubmissionResult
from grader.score import shown, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The parts of a score, rounded once."""

    points: float  # the machine's
    change: float  # what people added or took off
    penalty: float  # for lateness
    final: float
    out_of: float


def points_now(result: SubmissionResult, corrections: Iterable[Correction]) -> dict[str, float]:
    """The points of each check, those that a person gave in place of the machine's."""
    points = {check.check: check.points for check in result.checks}
    for correction in corrections:
        if correction.points is not None and correction.check in points:
            points[correction.check] = correction.points
    return points


def tally(result: SubmissionResult, corrections: Iterable[Correction]) -> Tally:
    """The score of `result`: points + corrections - lateness, never below 0.

    A correction of a check replaces its points; one of the whole submission (check "") replaces their sum.
    """
    corrections = tuple(corrections)
    machine = total(result.checks)
    whole = [c.points for c in corrections if not c.check and c.points is not None]
    people = whole[-1] if whole else math.fsum(points_now(result, corrections).values())
    final = max(0.0, people - result.lateness.penalty)
    return Tally(
        points=shown(machine, result.out_of),
        change=round(people - machine, 2) + 0.0,
        penalty=round(result.lateness.penalty, 2),
        final=shown(final, result.out_of),
        out_of=result.out_of,
    )
