"""`grader similar`: which hand-ins of a class have more in common than chance gives. For people to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.report.page import render
from grader.similar.comparing import COMMON, COMMON_WRITERS, Comparison, compare
from grader.similar.writing import handout_of, writing_of
from grader.store import Store, is_being_written, open_existing, write_file

PAGE = "similar.html"

__all__ = ["PAGE", "Written", "compare_class", "write_page"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page, and of how much of a class it is."""

    path: Path
    compared: int  # hand-ins
    unread: int  # students without a hand-in that could be read
    is_partial: bool  # was a run still writing?


def compare_class(store: Store, starter: str, reference: str = "") -> Comparison:
    """Compare all readable hand-ins of a store.

    `starter` is the source of what students were given, `reference` that of the expected answer.
    """
    handout = handout_of(starter)
    writings, mistakes = [], {}
    for graded in store.iterate():
        result = graded.result
        if graded.document is None:
            continue
        writings.append(
            writing_of(result.key, result.name, graded.document, handout, number=result.identifier)
        )
        mistakes[result.key] = [(check.check, m) for check in result.checks for m in check.mistakes]
    return compare(writings, mistakes, handout, reference)


def write_page(out: Path, starter: str, reference: str = "", *, language: str) -> Written:
    """Compare the class in `out` and write OUT/similar.html."""
    is_partial = is_being_written(out)
    with open_existing(out) as store:
        card = store.card()
        students = len(store.keys())
        comparison = compare_class(store, starter, reference)
    unread = max(0, students - comparison.size)  # a run may have added some meanwhile
    page = render(
        "similar.html.j2",
        language,
        styles=("base.css", "similar.css"),
        scripts=(),
        card=card,
        comparison=comparison,
        unread=unread,
        is_partial=is_partial,
        common_share=COMMON,
        common_writers=COMMON_WRITERS,
        words=dict(card.mistakes),
    )
    write_file(out / PAGE, [page])
    return Written(path=out / PAGE, compared=comparison.size, unread=unread, is_partial=is_partial)
