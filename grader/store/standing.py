"""What a submission stands at: machine's points, correction and lateness, each by itself."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from grader.model import Correction, SubmissionResult
from grader.score import shown, total


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The four numbers of one row, rounded as they are shown."""

    points: float  # the machine's
    correction: float  # what people added to it, or took off
    penalty: float  # for lateness
    final: float
    out_of: float


def corrected(result: SubmissionResult, corrections: Iterable[Correction]) -> float:
    """The points before lateness, unrounded, with people's decisions in place of the machine's.

    A decision about the whole submission outweighs those about its checks. One about a check that the
    assignment no longer has counts nothing.
    """
    decided = {c.check: c.points for c in corrections if c.points is not None}
    if "" in decided:
        return decided[""]
    return max(0.0, math.fsum(decided.get(c.check, c.points) for c in result.checks) - result.deduction)


def standing(result: SubmissionResult, corrections: Iterable[Correction]) -> Standing:
    """The row's numbers; the only place where they are added up."""
    machine = total(result.checks) - result.deduction
    people = corrected(result, corrections)
    final = max(0.0, people - result.lateness.penalty)
    return Standing(
        points=shown(machine, result.out_of),
        correction=shown(people - machine, math.inf),
        penalty=shown(result.lateness.penalty, math.inf),
        final=shown(final, result.out_of),
        out_of=result.out_of,
    )
