"""`grader moodle`: what Moodle would do with our files, and the way there and back by web services."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from grader.cli import common
from grader.errors import ExitCode, MoodleError
from grader.exchange.checking import Advice, CheckedRow
from grader.exchange.checking import check as dry_run
from grader.i18n import Language
from grader.model import Text, text
from grader.moodle.importing import Fate
from grader.report.plain import plain

if TYPE_CHECKING:
    from grader.exchange.client import Service
    from grader.exchange.pushing import PushReport

TOKEN_VARIABLE = "GRADER_MOODLE_TOKEN"
app = typer.Typer(
    help="Try an import before Moodle does it; fetch submissions and push results by web services.",
    no_args_is_help=True,
)

Zone = Annotated[
    str, typer.Option("--timezone", metavar="ZONE", help="Where the worksheet's dates are read.")
]
Site = Annotated[str, typer.Option(metavar="URL", help="Moodle's address: https://moodle.example.org.")]
Number = Annotated[
    int, typer.Option("--assignment", metavar="N", help="The number after id= in its address.")
]
TokenFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help=f"A file that holds the token; else it is in {TOKEN_VARIABLE}."),
]


_FATES = {
    Fate.SET: text("taken"),
    Fate.SAME: text("as it is in Moodle"),
    Fate.EMPTY: text("empty"),
    Fate.NEGATIVE: text("skipped"),
    Fate.STALE: text("skipped"),
    Fate.LOCKED: text("skipped"),
    Fate.ABOVE_MAXIMUM: text("skipped"),
    Fate.NOT_ON_SCALE: text("skipped"),
    Fate.NO_COLUMN: text("no column"),
    Fate.UNKNOWN_PARTICIPANT: text("skipped"),
}
_PUSHED = {
    "to send": text("to send"),
    "same": text("there already"),
    "refused": text("not sent"),
    "sent": text("sent and read back"),
    "ignored": text("ignored by Moodle"),
    "failed": text("not known"),
}


# --- check ------------------------------------------------------------------------------------------------


@app.command()
def check(
    upload: Annotated[Path, typer.Argument(metavar="WORKSHEET", help="The worksheet that you would upload.")],
    original: Annotated[
        Path | None,
        typer.Option(metavar="CSV", help="The worksheet as just downloaded: it tells what Moodle holds."),
    ] = None,
    feedback: Annotated[
        list[Path] | None, typer.Option(metavar="ZIP", help="A feedback zip that you would upload.")
    ] = None,
    session: Annotated[
        str | None, typer.Option(metavar="CODE", help="Moodle's language; by default the worksheet's.")
    ] = None,
    timezone: Zone = "Europe/Paris",
    server_timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="That of Moodle's server, where it is another.")
    ] = None,
    lang: common.Lang = None,
) -> None:
    """Predict row by row what Moodle will do with a worksheet; 1 if something would be skipped or lost.

    Example: grader moodle check results/moodle/worksheet.csv --original Grades-TP4.csv
    """
    advice = dry_run(
        upload,
        original=original,
        feedback=tuple(feedback or ()),
        session_language=session,
        timezone=timezone,
        server_timezone=server_timezone,
        now=datetime.now(UTC),
    )
    _print_advice(advice, common.language_of(lang))
    if not advice.is_fine:
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _print_advice(advice: Advice, tongue: Language) -> None:
    console = common.results()
    if advice.refused:
        _say(console, advice.refused, tongue, mark="✘")
        return
    table = Table(box=None, pad_edge=False)
    _ = tongue.gettext
    for title in (
        _("Identifier"),
        _("Name"),
        _("In the file"),
        _("In Moodle then"),
        _("Grade"),
        _("Comment"),
    ):
        table.add_column(title)
    for row in advice.rows:
        table.add_row(*(common.literal(cell) for cell in _cells(row, tongue)))
    console.print(table)
    if advice.files_taken or advice.files_ignored:
        console.print(f"{tongue.gettext('feedback files taken')}: {advice.files_taken}", markup=False)
    for name in advice.files_ignored[:10]:
        console.print(f"! {tongue.gettext('ignored by Moodle')}: {plain(name)}", markup=False, soft_wrap=True)
    for warning in advice.warnings:
        _say(console, warning, tongue, mark="!")
    for number, step in enumerate(advice.steps, start=1):
        _say(console, step, tongue, mark=f"{number}.")


def _cells(row: CheckedRow, tongue: Language) -> tuple[str, ...]:
    stored = "" if row.stored is None else f"{row.stored:g}"
    fate = common.say(_FATES[row.fate], tongue)
    if row.why:
        fate = f"{fate}: {common.say(row.why, tongue)}"
    cells = (row.cell, row.name, row.grade_cell, stored, fate, common.say(_FATES[row.comment], tongue))
    return tuple(plain(cell) for cell in cells)


def _say(console: Console, words: Text, tongue: Language, *, mark: str) -> None:
    console.print(f"{mark} {common.say(words, tongue)}", markup=False, soft_wrap=True)


# --- fetch ------------------------------------------------------------------------------------------------


@app.command()
def fetch(
    site: Site,
    assignment: Number,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="ZIP", help="The zip to write.")],
    token_file: TokenFile = None,
    lang: common.Lang = None,
) -> None:
    """Download all submissions with their exact times into a zip that `grader grade` reads.

    Example: grader moodle fetch --site https://moodle.example.org --assignment 42 -o tp4.zip
    """
    fetching = _needs_httpx("grader.exchange.fetching")
    if not out.parent.is_dir():
        raise MoodleError(f"there is no folder {out.parent}", "make it, or name another file")
    with _service(site, token_file) as service, _bar("downloading") as tell:
        fetched = fetching.fetch(service, assignment, out, tell=tell)
    tongue = common.language_of(lang)
    for warning in fetched.warnings:
        _say(common.progress(), warning, tongue, mark="!")
    common.results().print(
        f"{fetched.assignment}: {fetched.participants} participants, {fetched.files} files: {fetched.path}",
        markup=False,
        soft_wrap=True,
    )


# --- push -------------------------------------------------------------------------------------------------


@app.command()
def push(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of `grader grade`.")],
    site: Site,
    assignment: Number,
    send: Annotated[
        bool, typer.Option("--send", help="Send; without it, only say what would be sent.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace grades and comments that others put into Moodle.")
    ] = False,
    token_file: TokenFile = None,
    lang: common.Lang = None,
) -> None:
    """Say what would be sent to Moodle and, with --send, send it and read it back; 1 unless all is there.

    Example: grader moodle push results --site https://moodle.example.org --assignment 42
    """
    pushing = _needs_httpx("grader.exchange.pushing")
    items = pushing.read_items(out)
    journal = out / "moodle" / "pushed.jsonl"
    with _service(site, token_file) as service:
        with _bar("looking") as tell:
            report = pushing.plan_push(service, assignment, items, journal, overwrite=overwrite, tell=tell)
        if send:
            journal.parent.mkdir(exist_ok=True)
            with _bar("sending") as tell:
                report = pushing.push(service, report, journal, tell=tell)
    _print_push(report, common.language_of(lang), was_sent=send)
    refused = any(row.fate.value == "refused" for row in report.rows)
    if refused or (send and not report.is_complete):
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _print_push(report: PushReport, tongue: Language, *, was_sent: bool) -> None:
    console = common.results()
    table = Table(box=None, pad_edge=False)
    _ = tongue.gettext
    for title in (_("Identifier"), _("Name"), _("Grade"), _("In Moodle before"), "", ""):
        table.add_column(title)
    for row in report.rows:
        before = "" if row.before.grade is None else f"{row.before.grade:g}"
        cells = (row.item.identifier, row.item.name, f"{row.item.grade:g}", before, _word(row.fate, tongue))
        table.add_row(*(common.literal(plain(cell)) for cell in (*cells, common.say(row.why, tongue))))
    console.print(table)
    counts = Counter(_word(row.fate, tongue) for row in report.rows)
    console.print(", ".join(f"{count} {fate}" for fate, count in sorted(counts.items())), markup=False)
    if report.stopped:
        _say(console, report.stopped, tongue, mark="✘")
    if not was_sent:
        console.print(tongue.gettext("Nothing was sent. Repeat with --send."), markup=False)


def _word(fate: str, tongue: Language) -> str:
    return common.say(_PUSHED[fate], tongue)


# --- all --------------------------------------------------------------------------------------------------


def _needs_httpx(name: str) -> Any:
    """The module `name`, which needs an extra: the rest of the command line must work without it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != "httpx":
            raise
        raise MoodleError("web services need httpx", "run: pip install 'grader[moodle]'") from error


def _service(site: str, token_file: Path | None) -> Service:
    service: Service = _needs_httpx("grader.exchange.client").Service(site, _token(token_file))
    return service


def _token(path: Path | None) -> str:
    """The token, from a file or the environment: on the command line everybody could see it."""
    if path is None:
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            raise MoodleError(
                "there is no token for Moodle",
                f"put it into {TOKEN_VARIABLE}, or into a file for --token-file",
            )
        return token
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError) as error:
        raise MoodleError(f"{path} cannot be read", "give a file that holds the token alone") from error


@contextmanager
def _bar(doing: str) -> Iterator[Callable[[int, int], None]]:
    console = common.progress()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(doing, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
