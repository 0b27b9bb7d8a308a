"""`grader check`: a student's own hand-in, with the checks that are public."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from grader import score
from grader.assignment import Assignment
from grader.cli import common
from grader.discover import fetch, find
from grader.errors import ExitCode
from grader.grade import grade_submission, open_desk
from grader.i18n import Language
from grader.model import CheckResult, Graded, Outcome, Tier
from grader.report import StudentView, student_page
from grader.sandbox import open_slot
from grader.store import results_document


def check(
    tp: common.Tp,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Your notebook or module.")],
    html: Annotated[Path | None, typer.Option("--html", help="Write the page here, too.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the results here, too.")] = None,
    lang: common.Lang = None,
    seed: common.Seed = common.DEFAULT_SEED,
) -> None:
    """Run the public checks on your own work; 0 when all passed, 1 otherwise.

    Example: grader check tp4 tp4.ipynb --html feedback.html
    """
    tongue = common.language_of(lang)
    assignment = common.assignment_called(tp)
    submission = fetch(find([file], timezone=assignment.settings.timezone).entries[0])
    with open_slot(isolation="auto", preload=assignment.preload()) as slot:
        desk = open_desk(assignment, slot, seed=seed, public_only=True)
        graded = grade_submission(submission, desk)
        tier = slot.tier
    print_results(graded, assignment, tongue)
    write_files(graded, assignment, tier, tongue, html=html, json=json)
    if not _all_passed(graded):
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _all_passed(graded: Graded) -> bool:
    checks = graded.result.checks
    return bool(checks) and all(c.outcome is Outcome.PASSED for c in checks)


def print_results(graded: Graded, assignment: Assignment, tongue: Language) -> None:
    """The table of a student: task, outcome, points, one sentence."""
    console = common.results()
    result = graded.result
    if result.message:
        console.print(common.say(result.message, tongue), markup=False, soft_wrap=True)
    for note in result.notes:
        console.print(f"· {common.say(note, tongue)}", markup=False, soft_wrap=True)
    if result.checks:
        console.print(_table(result.checks, tongue, console))
    console.print(_summary(result.checks, assignment, tongue), markup=False)


def _table(checks: tuple[CheckResult, ...], tongue: Language, console: Console) -> Table:
    table = Table(box=None, pad_edge=False, expand=console.is_terminal)
    table.add_column(tongue.gettext("task"), overflow="fold")
    table.add_column(tongue.gettext("outcome"), no_wrap=True)
    table.add_column(tongue.gettext("points"), justify="right", no_wrap=True)
    table.add_column(tongue.gettext("what happened"), overflow="fold", ratio=1)
    for result in checks:
        points = f"{tongue.number(score.shown(result.points, result.out_of))}/{tongue.number(result.out_of)}"
        words = " ".join(common.say(t, tongue) for t in (result.message, result.numbers) if t)
        table.add_row(
            common.literal(result.check), common.mark_of(result, tongue), points, common.literal(words)
        )
    return table


def _summary(checks: tuple[CheckResult, ...], assignment: Assignment, tongue: Language) -> str:
    out_of = assignment.public_points()
    earned = tongue.number(score.shown(score.total(checks), out_of))
    words = tongue.gettext("public {earned}/{out_of}; {hidden} hidden points not run here")
    hidden = tongue.number(assignment.settings.points - out_of)
    return words.format(earned=earned, out_of=tongue.number(out_of), hidden=hidden)


def write_files(
    graded: Graded,
    assignment: Assignment,
    tier: Tier,
    tongue: Language,
    *,
    html: Path | None,
    json: Path | None,
) -> None:
    """The page and the results, where they are wanted."""
    if html is not None:
        view = StudentView(card=assignment.public_card(), graded=graded, audience="student", after_due=False)
        html.write_text(student_page(view, language=tongue.code), encoding="utf-8")
    if json is not None:
        document = results_document(
            assignment.public_card(), tier.value, [(graded.result, ())], translate=tongue.gettext
        )
        json.write_text("".join(document), encoding="utf-8")
