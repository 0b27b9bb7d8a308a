"""What several verbs share: options, places, the two consoles, and words for outcomes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text as RichText

from grader.assignment import Assignment, find_assignment, is_assignment, load_assignment, places_to_look
from grader.i18n import Language, language
from grader.model import CheckResult, Outcome, Text
from grader.report.plain import plain

DEFAULT_SEED = 0
PIPE_WIDTH = 160  # characters


class Isolation(StrEnum):
    """What `--isolation` takes."""

    AUTO = "auto"
    STRONG = "strong"
    STRONG_FLAT = "strong-flat"
    MEDIUM = "medium"
    PORTABLE = "portable"


class LanguageCode(StrEnum):
    """What `--lang` takes."""

    EN = "en"
    FR = "fr"


Lang = Annotated[LanguageCode | None, typer.Option("--lang", help="Language of pages and messages.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same inputs and verdicts.")]
Tp = Annotated[str, typer.Argument(metavar="TP", help="An assignment: tp4, or the path of its folder.")]

AfterDue = Annotated[
    bool | None,
    typer.Option(
        "--after-due/--before-due",
        help="May students see what is shown only after the due date? By default, what the clock says.",
        show_default=False,
    ),
]

MARKS = {
    Outcome.PASSED: ("✔", "green"),
    Outcome.PARTIAL: ("◐", "yellow"),
    Outcome.FAILED: ("✘", "red"),
    Outcome.ERROR: ("✘", "red"),
    Outcome.TIMEOUT: ("⏱", "red"),
    Outcome.MEMORY: ("▣", "red"),
    Outcome.CRASHED: ("✘", "red"),
    Outcome.MISSING: ("∅", "red"),
    Outcome.SKIPPED: ("–", "dim"),
    Outcome.BROKEN: ("!", "magenta"),
}


def results() -> Console:
    """Standard output: what was asked for; in a pipe as wide as it needs."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=PIPE_WIDTH)


def progress() -> Console:
    """Standard error: progress and warnings."""
    return Console(stderr=True, highlight=False)


def places() -> tuple[Path, ...]:
    """Where assignments are looked for from here."""
    return places_to_look(os.environ, Path.cwd())


def assignment_called(name: str) -> Assignment:
    """The assignment that the user names; the path of its folder does, wherever others are looked for."""
    folder = Path(name)
    return load_assignment(folder if is_assignment(folder) else find_assignment(name, places()))


def is_after(due: datetime | None, wish: bool | None) -> bool:
    """Has the due date passed? `wish` outweighs the clock."""
    if wish is not None:
        return wish
    return due is None or datetime.now(UTC) >= due


def language_of(code: LanguageCode | None) -> Language:
    """The language asked for, or that of the environment."""
    wanted = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "en"
    return language(code.value if code else wanted)


def say(words: Text, tongue: Language) -> str:
    """A sentence for the terminal: translated, and harmless whoever wrote it."""
    return plain(words.render(tongue.gettext)).replace("\n", " ")


def print_doubts(doubts: Sequence[Text], tongue: Language) -> None:
    """What whoever reads the grades must know first."""
    for doubt in doubts:
        results().print(f"! {say(doubt, tongue)}", markup=False, soft_wrap=True)


def literal(words: str) -> RichText:
    """Text without markup: a student may well write [bold]."""
    return RichText(words)


def mark_of(result: CheckResult, tongue: Language) -> RichText:
    """Icon and word of an outcome."""
    icon, style = MARKS[result.outcome]
    return RichText(f"{icon} {tongue.gettext(result.outcome.value)}", style=style)
