"""`grader check`: a student's own hand-in, with the checks that are public."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from grader import score
from grader.assignment import Assignment, load_assignment
from grader.cli import common, writing
from grader.cli.choosing import newest_file, only_assignment
from grader.cli.watching import changes
from grader.discover import fetch, find
from grader.errors import ExitCode, SourceError
from grader.grade import Desk, grade_submission, open_desk
from grader.i18n import Language
from grader.model import CheckResult, Graded, Outcome, Submission, Tier
from grader.ready import Point, Verdict, look_over
from grader.report import StudentView, student_page
from grader.sandbox import open_slot
from grader.store import result_line, results_document

_WATCH_S = 0.5
_READY = {Verdict.GOOD: ("✔", "green"), Verdict.WARNING: ("◐", "yellow"), Verdict.PROBLEM: ("✘", "red")}


def check(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TP] [FILE]",
            help="Your notebook or module; before it the assignment, where there are several.",
            show_default=False,
        ),
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Write the page here, too.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the results here, too.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Run again each time the file is saved.")] = False,
    ready: Annotated[bool, typer.Option("--ready", help="Is the file fit to be handed in?")] = False,
    lang: common.Lang = None,
    seed: common.Seed = common.DEFAULT_SEED,
) -> None:
    """Run the public checks on your own work; 0 when all passed, 1 otherwise.

    Example: grader check tp4 tp4.ipynb --html feedback.html
    """
    tongue = common.language_of(lang)
    writing.vet(html, "--html")
    writing.vet(json, "--json")
    assignment, file = chosen(words or [])
    if assignment.reference is None and seed != common.DEFAULT_SEED:
        raise SourceError(f"this handout has answers for seed {common.DEFAULT_SEED} only", "leave --seed out")
    # one's own code needs no isolation; what there is makes the run more like the one in class
    with open_slot(isolation="auto", preload=assignment.preload()) as slot:
        desk = open_desk(assignment, slot, seed=seed, public_only=True)
        if ready:
            all_well = show_points(
                look_over(_submission(file, assignment), assignment, slot, seed=seed), tongue
            )
        else:
            all_well = _check_once(file, desk, tongue, html=html, json=json)
            for _ in changes(file, pause=lambda: time.sleep(_WATCH_S)) if watch else ():
                common.results().rule()
                _check_once(file, desk, tongue, html=html, json=json)
    if not all_well:
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def chosen(words: Sequence[str]) -> tuple[Assignment, Path]:
    """The assignment and the file that the user means: both named, one of them, or none."""
    if len(words) > 2:
        raise SourceError(f"{len(words)} files are given", "check one file at a time")
    if len(words) == 2:
        return common.assignment_called(words[0]), Path(words[1])
    if words and (Path(words[0]).is_file() or Path(words[0]).suffix in (".py", ".ipynb", ".zip")):
        return load_assignment(only_assignment(Path(words[0]), common.places())), Path(words[0])
    if words:
        assignment = common.assignment_called(words[0])
    else:
        assignment = load_assignment(only_assignment(None, common.places()))
    file = newest_file(Path.cwd(), assignment.settings.files.wanted)
    common.progress().print(f"checking {file.name}", markup=False, soft_wrap=True)
    return assignment, file


def _submission(file: Path, assignment: Assignment) -> Submission:
    """One's own file, or all the files of one's own folder."""
    first, *others = find([file], timezone=assignment.settings.timezone).entries
    parts = (*first.parts, *(part for other in others for part in other.parts))
    return fetch(replace(first, parts=parts))


def _check_once(file: Path, desk: Desk, tongue: Language, *, html: Path | None, json: Path | None) -> bool:
    """Did every check pass?"""
    assignment = desk.assignment
    graded = grade_with_progress(_submission(file, assignment), desk, tongue)
    print_results(graded, assignment, tongue)
    write_files(graded, assignment, desk.slot.tier, tongue, html=html, json=json)
    checks = graded.result.checks
    return bool(checks) and all(c.outcome is Outcome.PASSED for c in checks)


def grade_with_progress(submission: Submission, desk: Desk, tongue: Language) -> Graded:
    """The verdict; on a terminal, a bar shows the check that was judged last."""
    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.description}"),
        console=common.progress(),
        transient=True,
        disable=not common.progress().is_terminal,
    )
    with bar:
        task = bar.add_task("", total=len(desk.assignment.public_card().checks))

        def show(result: CheckResult) -> None:
            mark = common.mark_of(result, tongue)
            bar.update(task, advance=1, description=f"{mark.plain}  {result.check}")

        return grade_submission(submission, desk, on_result=show)


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
    console.print(summary(result.checks, assignment, tongue), markup=False)


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


def summary(checks: Sequence[CheckResult], assignment: Assignment, tongue: Language) -> str:
    """public 12/14; 6 hidden points not run here."""
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
        writing.write(html, student_page(view, language=tongue.code), "--html")
    if json is not None:
        line = result_line((graded.result, ()), translate=tongue.gettext)
        document = results_document(assignment.public_card(), tier.value, [line])
        writing.write(json, "".join(document), "--json")


def show_points(points: Sequence[Point], tongue: Language) -> bool:
    """What `--ready` found; is there nothing to do?"""
    console = common.results()
    for point in points:
        icon, style = _READY[point.verdict]
        console.print(f"[{style}]{icon}[/{style}] ", end="")
        console.print(common.say(point.found, tongue), markup=False, soft_wrap=True)
        if point.todo:
            console.print(f"  → {common.say(point.todo, tongue)}", markup=False, soft_wrap=True)
    is_ready = all(p.verdict is Verdict.GOOD for p in points)
    said = "Ready to be handed in." if is_ready else "Look at the points above before you hand it in."
    console.print(tongue.gettext(said), markup=False)
    return is_ready
