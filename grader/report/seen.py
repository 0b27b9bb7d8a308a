"""Who may see what: the one place where a result is cut down to its reader."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from grader.model import CheckResult, Outcome, SubmissionResult, Text, Visibility, text

LONGEST = 100  # characters of a value in the message of a hidden check


class Audience(StrEnum):
    """Who reads a page."""

    STUDENT = "student"
    STAFF = "staff"


def is_open(check: CheckResult, *, after_due: bool) -> bool:
    """May a student read the title of this check?"""
    if check.visibility is Visibility.PUBLIC:
        return True
    return check.visibility is Visibility.AFTER_DUE and after_due


def _pattern(check: CheckResult) -> Text:
    """The message of a check whose input must not be told.

    An exception's words are the student's own, and may quote the input: only the place is told. Other
    words that come from the student's process are kept short.
    """
    given = dict(check.message.args)
    if check.outcome is Outcome.ERROR:
        if "where" in given and "line" in given:
            return text(
                "Your code raised an error in {where}, line {line}.", where=given["where"], line=given["line"]
            )
        return text("Your code raised an error.")
    args = tuple((name, v[:LONGEST] if isinstance(v, str) else v) for name, v in check.message.args)
    return Text(check.message.template, args)


def _hidden(check: CheckResult, alias: str) -> CheckResult:
    """`check` without name, title or anything that tells its input or its answer."""
    return replace(
        check,
        check=alias,
        title=Text(),
        message=_pattern(check),
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
            checks.append(replace(check, message=_pattern(check), detail="", numbers=Text(), evidence=()))
        else:
            checks.append(_hidden(check, f"hidden-{i + 1}"))
    return replace(result, checks=tuple(checks), provenance=None)
