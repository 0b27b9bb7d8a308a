"""`grader validate`: the grader of the grader."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from grader.assignment import Assignment, list_assignments, load_assignment
from grader.cli import common, writing
from grader.errors import ExitCode, SourceError
from grader.validate import Finding, Validation, validate
from grader.validate.page import validation_page


def validate_assignments(
    tp: Annotated[
        str | None, typer.Argument(metavar="[TP]", help="One assignment; all of them when left out.")
    ] = None,
    seed: common.Seed = common.DEFAULT_SEED,
    isolation: Annotated[
        common.Isolation, typer.Option(help="Where the programs run.")
    ] = common.Isolation.AUTO,
    jobs: Annotated[int, typer.Option(min=0, help="Processes at a time; 0: one per core.")] = 0,
    mutants: Annotated[
        bool, typer.Option("--mutants/--no-mutants", help="Try systematic mutants of the reference, too.")
    ] = True,
    html: Annotated[
        Path | None, typer.Option("--html", help="Write what was found, with who catches what, here.")
    ] = None,
) -> None:
    """Prove an assignment: reference and variants earn all, the starter none, each mistake is named.

    Example: grader validate tp4 --html tp4.html
    """
    writing.vet(html, "--html")
    if tp is not None:
        assignments = [common.assignment_called(tp)]
    else:
        assignments = [load_assignment(folder) for folder in list_assignments(common.places())]
    if not assignments:
        raise SourceError("there are no assignments here", "name the path of one")
    found = [_validate(a, seed, isolation, jobs or os.cpu_count() or 1, mutants) for a in assignments]
    if html is not None:
        writing.write(html, validation_page(found), "--html")
    if not all(v.is_sound for v in found):
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _validate(
    assignment: Assignment, seed: int, isolation: common.Isolation, jobs: int, mutants: bool
) -> Validation:
    console = common.results()
    out_of = assignment.card.points
    console.print(f"[bold]{assignment.id}[/bold]  {len(assignment.card.checks)} checks, {out_of:g} points")
    with common.progress().status(f"validating {assignment.id}") as status:
        validation = validate(
            assignment,
            seed=seed,
            isolation=isolation.value,
            jobs=jobs,
            with_mutants=mutants,
            on_progress=lambda done, total: status.update(f"validating {assignment.id}: {done}/{total}"),
        )
    for finding in validation.findings:
        _print_finding(finding, out_of)
    for tie in validation.ties:
        console.print(f"  tie: no check tells {' from '.join(tie)}", markup=False)
    _print_mutants(validation)
    _print_lines("problem", validation.problems)
    _print_lines("weak", validation.weak_spots)
    verdict = "sound" if validation.is_sound else "NOT sound: see ✘ and problems above"
    console.print(f"  {assignment.id} is {verdict}", markup=False)
    return validation


def _print_finding(finding: Finding, out_of: float) -> None:
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


def _print_mutants(validation: Validation) -> None:
    if not validation.tried:
        return
    console = common.results()
    killed, of = validation.killed
    share = 100 * killed / of if of else 100
    console.print(
        f"  mutants: {killed} of {of} lose points ({share:.0f} %); "
        f"{len(validation.tried) - of} more are equivalent",
        markup=False,
    )
    explained = dict(validation.accepted)
    for tried in validation.tried:
        if not tried.killed_by and tried.mutant in explained:
            console.print(
                f"    survives: {tried.mutant}: {explained[tried.mutant].reason}",
                markup=False,
                soft_wrap=True,
            )


def _print_lines(kind: str, lines: Sequence[str]) -> None:
    for line in lines:
        common.results().print(f"  {kind}: {line}", markup=False, soft_wrap=True)
