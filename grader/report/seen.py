"""Who may see what: the one place where a result is cut down to its reader."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from grader.model import CheckResult, SubmissionResult, Text, Visibility


class Audience(StrEnum):
    """Who reads a page."""

    STUDENT = "student"
    STAFF = "staff"


def is_open(check: CheckResult, *, after_due: bool) -> bool:
    """May a student read the title of this check?"""
    if check.visibility is Visibility.PUBLIC:
        return True
    return check.visibility is Visibility.AFTER_DUE and after_due


def _hidden(check: CheckResult, alias: str) -> CheckResult:
    """`check` without name, title or anything that tells its input or its answer."""
    return replace(
        check,
        check=alias,
        title=Text(),
        numbers=Text(),
        detail="",
        mistakes=(),
        hypotheses=(),
        evidence=(),
    )


def seen_by(result: SubmissionResult, audience: Audience, *, after_due: bool) -> SubmissionResult:
    """`result` as `audience` may see it; what is left out is not in the value any more.

    Students see public checks whole. Of a hidden check they see group, points, outcome and the message, which
    tells the pattern only; of one that opens after the due date also title and hypotheses, but no number.
    """
    if audience is Audience.STAFF:
        return result
    checks = []
    for i, check in enumerate(result.checks):
        if check.visibility is Visibility.PUBLIC:
            checks.append(replace(check, detail=""))
        elif is_open(check, after_due=after_due):
            checks.append(replace(check, detail="", numbers=Text(), evidence=()))
        else:
            checks.append(_hidden(check, f"hidden-{i + 1}"))
    return replace(result, checks=tuple(checks), provenance=None)
