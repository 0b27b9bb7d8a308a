"""`grader similar`: who wrote what others wrote too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.assignment.starter import cut_solution
from grader.cli import common
from grader.errors import SandboxError
from grader.i18n import Language
from grader.store import open_existing

if TYPE_CHECKING:
    from grader.similar import Written


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
    found = common.assignment_called(name)
    starter = reference = ""
    if found.reference is not None:
        reference = found.reference.read_text("utf-8")
        starter = cut_solution(reference, path=found.reference)
    tongue = common.language_of(lang)
    written = write_page(out, starter, reference, language=tongue.code)
    for line in _summary(written, tongue):
        common.progress().print(line, markup=False, soft_wrap=True)
    common.results().print(str(written.path), markup=False, soft_wrap=True)


def _summary(written: Written, tongue: Language) -> Iterator[str]:
    """Of how much of the class the page is."""
    n = written.compared
    yield tongue.ngettext("%(n)s hand-in compared", "%(n)s hand-ins compared", n) % {"n": n}
    if n := written.unread:
        one, many = (
            "%(n)s student without one that could be read",
            "%(n)s students without one that could be read",
        )
        yield tongue.ngettext(one, many, n) % {"n": n}
    if written.is_partial:
        words = (
            "A run was still writing: what it graded later is missing here. Compare again when it has ended."
        )
        yield f"! {tongue.gettext(words)}"
