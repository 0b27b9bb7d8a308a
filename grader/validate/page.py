"""What validating found, as a page: who catches what, what is weak, what takes long."""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Outcome
from grader.report.page import render
from grader.validate import Validation
from grader.validate.proving import Finding

_MARKS = {Outcome.PASSED: "", Outcome.SKIPPED: "·"}


def validation_page(validations: Sequence[Validation]) -> str:
    """One page for all the assignments validated."""
    return render(
        "validation.html.j2",
        "en",
        styles=("validation.css",),
        scripts=(),
        validations=tuple(validations),
        cells=_cells,
        mark=lambda outcome: _MARKS.get(outcome, "✘"),
        catches=_catches,
        explained=lambda validation: dict(validation.accepted),
    )


def _cells(validation: Validation, finding: Finding) -> tuple[tuple[str, Outcome, bool], ...]:
    """For each check of the assignment: its name, the outcome, and was the mistake named?"""
    outcomes = {c.check: (c.outcome, finding.name in c.mistakes) for c in finding.checks}
    missing = (Outcome.SKIPPED, False)
    return tuple((c.name, *outcomes.get(c.name, missing)) for c in validation.card.checks)


def _catches(validation: Validation, check: str) -> int:
    """How many mistakes a check catches."""
    return sum(
        c.check == check and c.outcome not in (Outcome.PASSED, Outcome.SKIPPED)
        for m in validation.mistakes
        for c in m.checks
    )
