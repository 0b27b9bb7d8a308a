"""`grader new`: the files of a new assignment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.cli import common
from grader.errors import SourceError
from grader.skeleton import write_skeleton


def new(
    tp: Annotated[str, typer.Argument(metavar="TP", help="Its id: tp5.")],
    title: Annotated[str, typer.Option(help="Its title.")] = "Mean squared error",
    into: Annotated[
        Path, typer.Option("--into", metavar="FOLDER", help="Where assignments/ and reference/ lie.")
    ] = Path(),
) -> None:
    """Write a small assignment that validates, to change into your own.

    Example: grader new tp5 --title "Convolution"
    """
    if not into.is_dir():
        raise SourceError(f"{into} is not a folder", "make it first")
    console = common.results()
    for path in write_skeleton(tp, into, title=title):
        console.print(str(path), markup=False, soft_wrap=True)
    console.print(f"Next: grader validate {tp}", markup=False)
