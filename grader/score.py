"""Lateness and totals: points in, points out. No effects."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grader.model import CheckResult, Lateness, Text, text

DAY_S = 86_400


class LateUnit(StrEnum):
    """What `LatePolicy.per_day` counts."""

    POINTS = "points"
    PERCENT = "percent"  # of the points earned


@dataclass(frozen=True, slots=True, kw_only=True)
class LatePolicy:
    """What a day begun after the due date costs."""

    per_day: float = 0.0
    unit: LateUnit = LateUnit.POINTS
    grace_s: int = 0  # up to here nothing is taken off; past it, days count from the due date
    cap: float | None = None  # the most that lateness can cost, in `unit`
    cut_off: datetime | None = None  # aware; what comes later, extensions apart, earns nothing
    apply: bool = True  # False: Moodle takes its own penalty off, so we must not

    def __post_init__(self) -> None:
        if not (math.isfinite(self.per_day) and self.per_day >= 0):
            raise ValueError(f"per_day = {self.per_day}, must be 0 or more")
        if self.grace_s < 0:
            raise ValueError(f"grace_s = {self.grace_s}, must be 0 or more")
        if self.cap is not None and not self.cap >= 0:
            raise ValueError(f"cap = {self.cap}, must be 0 or more")


def lateness(
    handed_in: datetime | None,
    due: datetime | None,
    extension: datetime | None,
    policy: LatePolicy,
    *,
    points: float,
    out_of: float,
) -> Lateness:
    """How late, and what it takes off the points earned.

    Times are aware. Moodle's worksheet gives minutes: the start of the minute is what comes in here, so
    that doubt counts for the student. An extension replaces the due date when it is later. The penalty may
    exceed the points that the checks gave: people may still add some, and who subtracts stops at 0.
    """
    deadline = due if extension is None or due is None else max(due, extension)
    if deadline is None:
        return Lateness()
    if handed_in is None:
        return Lateness(seconds=None, message=text("Nobody can tell when this was handed in."))
    seconds = max(0, math.ceil((handed_in - deadline).total_seconds()))
    if seconds == 0:
        return Lateness()
    if policy.cut_off is not None and handed_in > max(policy.cut_off, deadline):
        words = text(
            "Handed in {late_by} late, after the cut-off date: nothing counts.", late_by=_duration(seconds)
        )
        return Lateness(seconds=seconds, penalty=out_of, message=words)
    return _late(seconds, policy, points=points, out_of=out_of)


def _late(seconds: int, policy: LatePolicy, *, points: float, out_of: float) -> Lateness:
    late_by = _duration(seconds)
    if not policy.apply:
        words = text("Handed in {late_by} late; Moodle takes its own penalty off.", late_by=late_by)
        return Lateness(seconds=seconds, message=words)
    if seconds <= policy.grace_s or policy.per_day == 0:
        words = text("Handed in {late_by} late; nothing is taken off.", late_by=late_by)
        return Lateness(seconds=seconds, message=words)
    days = math.ceil(seconds / DAY_S)
    penalty = _penalty(days, policy, points=points, out_of=out_of)
    return Lateness(seconds=seconds, penalty=penalty, message=_message(late_by, days, penalty, policy))


def _penalty(days: int, policy: LatePolicy, *, points: float, out_of: float) -> float:
    lost = days * policy.per_day
    if policy.cap is not None:
        lost = min(lost, policy.cap)
    if policy.unit is LateUnit.PERCENT:
        lost = min(lost, 100.0) / 100.0 * points
    return min(lost, out_of)


def _message(late_by: Text, days: int, penalty: float, policy: LatePolicy) -> Text:
    args: dict[str, Text | float | str] = {
        "late_by": late_by,
        "lost": f"{penalty:.2f}".rstrip("0").rstrip("."),
        "days": days,
        "per_day": f"{policy.per_day:g}",
    }
    if policy.unit is LateUnit.PERCENT:
        return text(
            "Handed in {late_by} late, {days} day(s) begun at {per_day} % of the points each: "
            "{lost} points taken off.",
            **args,
        )
    return text(
        "Handed in {late_by} late, {days} day(s) begun at {per_day} points each: {lost} points taken off.",
        **args,
    )


def _duration(seconds: int) -> Text:
    """The two largest units, cut off: 159070 s is 1 d 20 h."""
    days, rest = divmod(seconds, DAY_S)
    hours, rest = divmod(rest, 3600)
    minutes, left = divmod(rest, 60)
    if days:
        return text("{days} d {hours} h", days=days, hours=hours)
    if hours:
        return text("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if minutes:
        return text("{minutes} min {seconds} s", minutes=minutes, seconds=left)
    return text("{seconds} s", seconds=left)


def total(results: Iterable[CheckResult]) -> float:
    """The points earned, summed without rounding: the order does not matter."""
    return math.fsum(result.points for result in results)


def shown(points: float, out_of: float) -> float:
    """`points` with two decimals, to the nearest, yet never up to full marks: 9.996 of 10 shows 9.99."""
    nearest = round(points, 2)
    if nearest < out_of or math.isclose(points, out_of, rel_tol=1e-12):
        return nearest
    return min(nearest, (math.ceil(round(out_of * 100, 6)) - 1) / 100) if points < out_of else nearest
