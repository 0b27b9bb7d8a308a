"""From what a check's function raised to a result; from the cases of a check to its verdict."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.checks.connection import Interrupted
from grader.checks.outcomes import CheckStopped, PartialCredit
from grader.checks.reproduce import Exchange
from grader.checks.suite import Case, Mistake
from grader.model import Check, CheckResult, Evidence, Outcome, Text, text, verbatim

NO_VERDICT = text("The check itself failed; this is our fault, not yours. A person will look at it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What one case found."""

    outcome: Outcome
    case: Case | None = None
    share: float = 0.0  # of the points
    message: Text = Text()
    numbers: Text = Text()
    detail: str = ""
    evidence: tuple[Evidence, ...] = ()
    mistake: str | None = None  # named by the check itself
    exchanges: tuple[Exchange, ...] = ()  # every request, with the answer of the student's code


def result_of(
    raised: BaseException | None,
    exchanges: Sequence[Exchange],
    attached: tuple[Evidence, ...],
    check_file: Path,
    *,
    case: Case | None = None,
) -> CaseResult:
    """The result that an exception stands for; nothing raised is a pass."""
    answered = tuple((request, answer) for request, answer in exchanges if answer)
    if raised is None:
        return CaseResult(outcome=Outcome.PASSED, case=case, share=1.0, evidence=attached, exchanges=answered)
    if isinstance(raised, CheckStopped):
        return CaseResult(
            outcome=raised.outcome,
            case=case,
            share=raised.share if isinstance(raised, PartialCredit) else 0.0,
            message=raised.message,
            numbers=raised.numbers,
            evidence=raised.evidence + attached,
            mistake=raised.mistake,
            exchanges=answered,
        )
    if isinstance(raised, Interrupted):
        return CaseResult(
            outcome=raised.outcome, case=case, message=raised.message, evidence=attached, exchanges=answered
        )
    if isinstance(raised, AssertionError) and _is_the_authors(raised, check_file):
        words = str(raised).splitlines()[0] if raised.args else ""
        return CaseResult(
            outcome=Outcome.FAILED,
            case=case,
            message=verbatim(words) or text("The answer is not right."),
            evidence=attached,
            exchanges=answered,
        )
    if isinstance(raised, KeyboardInterrupt):
        raise raised  # a person pressed Ctrl-C
    detail = "".join(traceback.format_exception(raised))
    return CaseResult(
        outcome=Outcome.BROKEN, case=case, message=NO_VERDICT, detail=detail, exchanges=answered
    )


def _is_the_authors(error: AssertionError, check_file: Path) -> bool:
    """Was it an `assert` of the check's own? One of a library is a fault, not a verdict."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Path(last.filename) == check_file


def combine(
    check: Check, cases: Sequence[CaseResult], named: tuple[str, ...] = (), mistakes: Sequence[Mistake] = ()
) -> CheckResult:
    """The verdict on a check: that of its first case which did not pass, and the least share of points."""
    worst = next((c for c in cases if c.outcome is Outcome.BROKEN), None)
    worst = worst or next((c for c in cases if c.outcome not in (Outcome.PASSED, Outcome.PARTIAL)), None)
    worst = worst or min(cases, key=lambda c: c.share)
    words = {m.id: m.words for m in mistakes} if named else {}
    return CheckResult(
        check=check.name,
        group=check.group,
        visibility=check.visibility,
        outcome=worst.outcome,
        points=check.points * worst.share,
        out_of=check.points,
        title=check.title,
        message=worst.message,
        numbers=worst.numbers,
        detail=worst.detail,
        mistakes=named,
        hypotheses=tuple(words[n] for n in named if n in words),
        evidence=worst.evidence,
    )
