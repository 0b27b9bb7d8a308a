"""`grader similar`: who wrote what others wrote too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.assignment import find_assignment, load_assignment
from grader.assignment.starter import cut_solution
from grader.cli import common
from grader.errors import SandboxError
from grader.store import open_existing


def similar(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="The output folder of grader grade.")],
    assignment: Annotated[
        str | None, typer.Option(metavar="TP", help="The assignment; by default, the one that OUT is of.")
    ] = None,
    lang: common.Lang = None,
) -> None:
    """Compare the hand-ins of a class and write OUT/similar.html, for people to judge; takes no points off.

    Example: grader similar results
    """
    try:
        from grader.similar import write_page  # noqa: PLC0415 - an optional extra
    except ImportError as error:
        raise SandboxError(
            "copydetect is not installed here", "install the extra: pip install 'grader[similar]'"
        ) from error
    with open_existing(out) as store:
        name = assignment or store.card().id
    found = load_assignment(find_assignment(name, common.places()))
    starter = ""
    if found.reference is not None:
        starter = cut_solution(found.reference.read_text("utf-8"), path=found.reference)
    page = write_page(out, starter, language=common.language_of(lang).code)
    common.results().print(str(page), markup=False, soft_wrap=True)
