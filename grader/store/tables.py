"""`results.json` and `grades.csv`, made from a store piece by piece, so that any class fits in memory."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from grader.model import Card, CheckResult, Correction, SubmissionResult, Visibility
from grader.score import shown
from grader.store.standing import Standing, standing
from grader.store.store import Store

SCHEMA = 1
Translate = Callable[[str], str]
Row = tuple[SubmissionResult, Sequence[Correction]]
# What makes a spreadsheet take a cell for a formula, in the East Asian width too.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_SHOWN = {Visibility.PUBLIC: "always", Visibility.AFTER_DUE: "after_due", Visibility.HIDDEN: "never"}
COLUMNS = (
    "key",
    "name",
    "identifier",
    "state",
    "points",
    "out_of",
    "late_seconds",
    "penalty",
    "correction",
    "final",
)


def results_json(store: Store, *, lines: Iterable[str] | None = None) -> Iterator[str]:
    """The text of `results.json`, in pieces. `lines`: those of the store's submissions, if made already."""
    if lines is None:
        lines = map(result_line, _rows(store))
    return results_document(store.card(), _isolation(store), lines)


def _rows(store: Store) -> Iterator[Row]:
    for graded in store.iterate(with_documents=False):
        yield graded.result, store.desk.corrections(graded.result.key)


def results_document(card: Card, isolation: str, lines: Iterable[str]) -> Iterator[str]:
    """The same of results that no store holds."""
    head = {"schema": SCHEMA, "assignment": card.id, "isolation": isolation}
    yield json.dumps(head)[:-1] + ', "submissions": ['
    separator = "\n"
    for line in lines:
        yield separator + line
        separator = ",\n"
    yield "\n]}\n"


def result_line(row: Row, *, translate: Translate = str) -> str:
    """The line of one submission in it."""
    result, corrections = row
    return json.dumps(_submission(result, standing(result, corrections), translate), allow_nan=False)


def grades_csv(store: Store) -> Iterator[str]:
    """The text of `grades.csv`, row by row, in UTF-8 once encoded; no cell is taken for a formula."""
    card = store.card()
    yield grades_head(card)
    for row in _rows(store):
        yield grades_line(card, row)


def grades_head(card: Card) -> str:
    """The first line of `grades.csv`."""
    return _line((*COLUMNS, *(check.name for check in card.checks)))


def grades_line(card: Card, row: Row) -> str:
    """The line of one submission."""
    result, corrections = row
    return _line(chain(_cells(result, standing(result, corrections)), _points(result, card)))


def _isolation(store: Store) -> str:
    """The weakest tier of all results; where nothing was run, the tier of the run."""
    tier = store.tier()
    return str(tier) if tier else store.setting("isolation")


def _submission(result: SubmissionResult, row: Standing, translate: Translate) -> dict[str, object]:
    return {
        "key": result.key,
        "name": result.name,
        "identifier": result.identifier,
        "files": list(result.files),
        "state": str(result.state),
        "message": result.message.render(translate),
        "points": row.points,
        "out_of": row.out_of,
        "late": {
            "seconds": result.lateness.seconds or 0,
            "penalty": row.penalty,
            "known": result.lateness.seconds is not None,
        },
        "correction": row.correction,
        "final": row.final,
        "checks": [_check(check, translate) for check in result.checks],
    }


def _check(check: CheckResult, translate: Translate) -> dict[str, object]:
    return {
        "check": check.check,
        "group": check.group,
        "visibility": "public" if check.visibility is Visibility.PUBLIC else "hidden",
        "shown": _SHOWN[check.visibility],
        "outcome": str(check.outcome),
        "points": shown(check.points, check.out_of),
        "out_of": check.out_of,
        "message": check.message.render(translate),
        "mistakes": list(check.mistakes),
    }


def _cells(result: SubmissionResult, row: Standing) -> Iterator[object]:
    yield result.key
    yield result.name
    yield "" if result.identifier is None else result.identifier
    yield str(result.state)
    yield row.points
    yield row.out_of
    yield "" if result.lateness.seconds is None else result.lateness.seconds
    yield row.penalty
    yield row.correction
    yield row.final


def _points(result: SubmissionResult, card: Card) -> Iterator[object]:
    """One cell per check of the assignment; empty where it was not run."""
    found = {check.check: shown(check.points, check.out_of) for check in result.checks}
    for check in card.checks:
        yield found.get(check.name, "")


def _line(cells: chain[object] | tuple[object, ...]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        [harmless(cell) if isinstance(cell, str) else cell for cell in cells]  # numbers are ours
    )
    return line.getvalue()


def harmless(words: str) -> str:
    """The text of a cell, with an apostrophe before what a spreadsheet would compute."""
    spoken = words.encode("utf-8", "replace").decode("utf-8").replace("\x00", "")
    return "'" + spoken if spoken.lstrip(" ").startswith(_FORMULA) else spoken
