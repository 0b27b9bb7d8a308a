"""`grader list` and `grader doctor`: what there is, and what this machine can do."""

from __future__ import annotations

import platform
from importlib.metadata import version

import typer
from rich.table import Table

from grader import __version__, sandbox
from grader.assignment import list_assignments, load_assignment
from grader.cli import common
from grader.errors import ExitCode, GraderError
from grader.i18n import Language
from grader.model import Card, Tier, Visibility

_PACKAGES = ("numpy", "pytest", "scikit-learn", "IPython", "nbformat", "pydantic")


def list_assignments_here(lang: common.Lang = None) -> None:
    """The assignments, with due date, points and number of checks.

    Example: grader list
    """
    tongue = common.language_of(lang)
    table = Table(box=None, pad_edge=False)
    for title in ("id", "title", "due", "points", "checks"):
        table.add_column(tongue.gettext(title), justify="right" if title == "points" else "left")
    folders = list_assignments(common.places())
    faults: list[GraderError] = []
    for folder in folders:
        try:
            card = load_assignment(folder).card
        except GraderError as error:  # one wrong folder does not hide the others
            faults.append(error)
            continue
        due = tongue.date(card.due, card.timezone) if card.due else "—"
        table.add_row(
            card.id, common.say(card.title, tongue), due, tongue.number(card.points), _counts(card, tongue)
        )
    console = common.results()
    console.print(table if folders else tongue.gettext("There are no assignments here."))
    for fault in faults:
        common.progress().print(f"grader: {fault}", markup=False)
    if faults:
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _counts(card: Card, tongue: Language) -> str:
    public = sum(c.visibility is Visibility.PUBLIC for c in card.checks)
    words = tongue.gettext("{public} public, {hidden} hidden")
    return words.format(public=public, hidden=len(card.checks) - public)


def doctor() -> None:
    """How well student code would be isolated here and why, versions, and what to install.

    Example: grader doctor
    """
    console = common.results()
    diagnosis = sandbox.diagnose()
    tongue = common.language_of(None)
    console.print(f"isolation  {diagnosis.tier.value}", markup=False)
    for reason in diagnosis.reasons:
        console.print(f"           {common.say(reason, tongue)}", markup=False, soft_wrap=True)
    for probe in diagnosis.probes:
        console.print(
            f"  {'ok  ' if probe.held else 'gap '} {probe.tier.value:<12} {probe.name}", markup=False
        )
    console.print(f"grader     {__version__}", markup=False)
    console.print(
        f"python     {platform.python_version()} on {platform.system()} {platform.release()}", markup=False
    )
    for name in _PACKAGES:
        console.print(f"{name:<10} {version(name)}", markup=False)
    if diagnosis.tier is Tier.PORTABLE:
        raise typer.Exit(ExitCode.NEEDS_REVIEW)
