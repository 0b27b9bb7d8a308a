"""`grader validate`: the grader of the grader."""

from __future__ import annotations

from typing import Annotated

import typer

from grader.assignment import Assignment, list_assignments, load_assignment
from grader.cli import common
from grader.errors import ExitCode, SourceError
from grader.grade import open_desk
from grader.sandbox import open_slot
from grader.validate import Finding, validate


def validate_assignments(
    tp: Annotated[
        str | None, typer.Argument(metavar="[TP]", help="One assignment; all of them when left out.")
    ] = None,
    seed: common.Seed = common.DEFAULT_SEED,
    isolation: Annotated[
        common.Isolation, typer.Option(help="Where the programs run.")
    ] = common.Isolation.AUTO,
) -> None:
    """Prove an assignment: reference and variants earn all, the starter none, each mistake is named.

    Example: grader validate tp4
    """
    if tp is not None:
        assignments = [common.assignment_called(tp)]
    else:
        assignments = [load_assignment(folder) for folder in list_assignments(common.places())]
    if not assignments:
        raise SourceError("there are no assignments here", "name the path of one")
    sound = [_validate(assignment, seed, isolation) for assignment in assignments]
    if not all(sound):
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _validate(assignment: Assignment, seed: int, isolation: common.Isolation) -> bool:
    console = common.results()
    out_of = assignment.card.points
    console.print(f"[bold]{assignment.id}[/bold]  {len(assignment.card.checks)} checks, {out_of:g} points")
    with open_slot(isolation=isolation.value, preload=assignment.preload()) as slot:
        desk = open_desk(assignment, slot, seed=seed)
        validation = validate(assignment, desk, on_finding=lambda finding: _print(finding, out_of))
    ties = sorted({tuple(sorted((f.name, *f.ties))) for f in validation.findings if f.ties})
    for tie in ties:
        console.print(f"  tie: no check tells {' from '.join(tie)}", markup=False)
    verdict = "sound" if validation.is_sound else "NOT sound: see ✘ above"
    console.print(f"  {assignment.id} is {verdict}", markup=False)
    return validation.is_sound


def _print(finding: Finding, out_of: float) -> None:
    console = common.results()
    mark = "✘" if finding.problems else "✔"
    lost = [c.check for c in finding.checks if c.points < c.out_of and c.outcome.value != "skipped"]
    shown = f" lost in {', '.join(lost)}" if finding.kind == "mistake" and lost else ""
    console.print(
        f"  {mark} {finding.kind:<9} {finding.name:<34} {finding.points:>6.2f} / {out_of:g}{shown}",
        markup=False,
        soft_wrap=True,
    )
    for problem in finding.problems:
        console.print(f"      {problem}", markup=False, soft_wrap=True)
