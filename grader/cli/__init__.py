"""The command line: arguments in, exit code out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import typer
import typer.core
from rich.console import Console

from grader import __version__
from grader.cli import check, course, grade, inspect, moodle, new, release, report, review, similar, validate
from grader.errors import ExitCode, GraderError

_KEPT = "; what was graded is kept, and the same command goes on"


class _Verbs(typer.core.TyperGroup):
    """The verbs; Ctrl-C ends each of them with a sentence."""

    def invoke(self, ctx: Any) -> Any:  # its type is click's in older releases of Typer
        """Run a verb. Typer would end the process without a word."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            _say("stopped" + (_KEPT if ctx.invoked_subcommand == "grade" else ""))
            raise typer.Exit(ExitCode.STOPPED) from None


def _say(words: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"grader: {words}", markup=False, highlight=False)


app = typer.Typer(
    name="grader",
    cls=_Verbs,
    help="Grade NumPy deep-learning labs: in class, at home, with a page for each student.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: the same in every terminal and in golden files
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        Console().print(__version__)
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_print_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Options of grader itself."""


app.command("list")(inspect.list_assignments_here)
app.command("check")(check.check)
app.command("grade")(grade.grade)
app.command("report")(report.report)
app.command("new")(new.new)
app.command("release")(release.release)
app.command("review")(review.review)
app.command("validate")(validate.validate_assignments)
app.command("doctor")(inspect.doctor)
app.command("similar")(similar.similar)
app.command("course")(course.course)
app.add_typer(moodle.app, name="moodle")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code; what staff can fix is one sentence."""
    try:
        app(args=list(arguments) if arguments is not None else None, prog_name="grader")
    except GraderError as error:
        _say(str(error))
        sys.exit(ExitCode.USAGE)
