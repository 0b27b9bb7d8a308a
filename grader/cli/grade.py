"""`grader grade`: a whole class."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from grader.batch import BatchSummary, doubts, got_ready, grade_class, kept_worksheet
from grader.cli import common, writing
from grader.cli.progress import shown_progress
from grader.discover import find
from grader.errors import ExitCode, SandboxError, SourceError
from grader.i18n import Language
from grader.model import State, Tier
from grader.sandbox import diagnose


def grade(
    tp: common.Tp,
    sources: Annotated[
        list[Path], typer.Argument(metavar="SOURCE…", help="A Moodle zip, a folder, or files.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT", help="Folder for all that comes of it.")],
    worksheet: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="Moodle's grading worksheet: who is in the class, and when."),
    ] = None,
    jobs: Annotated[int, typer.Option(min=0, help="Submissions at a time; 0: one per core.")] = 0,
    isolation: Annotated[
        common.Isolation, typer.Option(help="How student code is kept apart; auto: the best that holds here.")
    ] = common.Isolation.AUTO,
    unsafe: Annotated[
        bool,
        typer.Option(
            "--unsafe-no-isolation", help="Run code that you trust where nothing can be kept apart."
        ),
    ] = False,
    lang: common.Lang = None,
    seed: common.Seed = common.DEFAULT_SEED,
    json: Annotated[Path | None, typer.Option("--json", help="Write the results here, too.")] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Grade on a Dask cluster: tcp://host:8786.")
    ] = None,
    after_due: common.AfterDue = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Run everything again, whatever is known.")] = False,
) -> None:
    """Grade a class: a score and a page per student, a class page, CSV and JSON; 1 if a person must look.

    Example: grader grade tp4 submissions/tp4.zip --worksheet submissions/tp4.csv -o results
    """
    tongue = common.language_of(lang)
    assignment = common.assignment_called(tp)
    writing.vet(json, "--json")
    _refuse_inside(out, sources)
    kept = kept_worksheet(out, assignment.card) if worksheet is None else None
    people = find(
        sources, worksheet=worksheet or kept, timezone=assignment.settings.timezone, due=assignment.card.due
    )
    if kept is not None:
        words = tongue.gettext("without --worksheet, the one of the last run tells the class and its dates")
        common.progress().print(f"· {words}", markup=False, soft_wrap=True)
    jobs = jobs or os.cpu_count() or 1
    with ExitStack() as stack:
        starter = stack.enter_context(got_ready(assignment, jobs=jobs if scheduler is None else 0))
        tier = chosen_tier(isolation, unsafe=unsafe, is_remote=scheduler is not None)
        for warning in people.warnings:
            common.progress().print(f"· {common.say(warning, tongue)}", markup=False, soft_wrap=True)
        on_event = stack.enter_context(shown_progress(common.progress()))
        summary = grade_class(
            people,
            assignment=assignment,
            out=out,
            jobs=jobs,
            isolation=tier,
            seed=seed,
            language=tongue.code,
            fresh=fresh,
            scheduler=scheduler,
            after_due=common.is_after(assignment.card.due, after_due),
            unsafe=unsafe,
            starter=starter,
            on_event=on_event,
        )
    _print_summary(summary, out, tongue)
    if json is not None:
        writing.write(json, (out / "results.json").read_bytes(), "--json")
    if summary.needs_review or State.UNREADABLE in dict(summary.states):
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _refuse_inside(out: Path, sources: list[Path]) -> None:
    """Results in a folder of hand-ins would be a student's in the next run."""
    for source in sources:
        if source.is_dir() and out.resolve().is_relative_to(source.resolve()):
            raise SourceError(
                f"{out} lies in {source}: the results would be taken for a hand-in next time",
                "give an output folder beside it",
            )


def chosen_tier(isolation: common.Isolation, *, unsafe: bool, is_remote: bool) -> str:
    """The tier to use, proved here; refuses to run strangers' code with none."""
    if is_remote:
        return isolation.value  # each worker of the cluster proves its own
    if isolation is common.Isolation.AUTO:
        diagnosis = diagnose()
        tier, reasons = diagnosis.tier, " ".join(str(r) for r in diagnosis.reasons)
    else:
        tier, reasons = Tier(isolation.value), ""
    if tier is Tier.PORTABLE and not unsafe:
        raise SandboxError(
            "submissions would run with your rights: they could read your files and use the network. "
            + reasons,
            "grade on Linux with bubblewrap (a virtual machine or WSL2 will do; `grader doctor` says what to "
            "install), or repeat with --unsafe-no-isolation for code that you trust",
        )
    return tier.value


def _print_summary(summary: BatchSummary, out: Path, tongue: Language) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    table.add_column()
    for state, count in summary.states:
        table.add_row(str(count), tongue.gettext(state.value.replace("_", " ")))
    if summary.reused:
        table.add_row(
            str(summary.reused), tongue.gettext("of them unchanged since last time, and not run again")
        )
    console = common.results()
    console.print(table)
    for key in summary.needs_review:
        console.print(
            f"! {tongue.gettext('needs review')}: {out / 'students' / key}.html", markup=False, soft_wrap=True
        )
    for key in summary.left_over:
        words = tongue.gettext("kept from an earlier run, not in this source")
        console.print(f"· {key}: {words}", markup=False, soft_wrap=True)
    if summary.tier is not None:
        console.print(f"{tongue.gettext('isolation')}: {summary.tier.value}", markup=False)
    common.print_doubts(doubts(out), tongue)
    console.print(f"{tongue.gettext('class page')}: {out / 'index.html'}", markup=False, soft_wrap=True)
