"""Which column of a worksheet is which: by its header in a known language, else by what it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.errors import MoodleError
from grader.moodle.languages import Column, Language, find_date, language_of

_ENDS_WITH_NUMBER = re.compile(r"\D*\d+\s*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
Columns = dict[Column, int]


def find_columns(
    headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]
) -> tuple[Language | None, Columns]:
    """The worksheet's language (None when it is not one known here) and where its columns are."""
    known = language_of(headers)
    by_place = _by_place(rows) if rows else {}
    if known is None:
        if not {Column.IDENTIFIER, Column.GRADE, Column.GRADED} <= by_place.keys():
            raise MoodleError(
                "this is no grading worksheet of Moodle's: identifier, grade or date of the grade is missing",
                'in the assignment, choose "Download grading worksheet" and use that file unchanged',
            )
        return None, by_place
    by_name = {column: headers.index(name) for column, name in known.headers if name in headers}
    missing = {
        column: at
        for column, at in by_place.items()
        if column not in by_name and at not in by_name.values() and column is not Column.GRADE
    }
    return known, missing | by_name


def _by_place(rows: Sequence[tuple[str, ...]]) -> Columns:
    """Columns by position and pattern: Moodle's order is the same in every language (gradingtable.php)."""
    columns = list(zip(*rows, strict=True))
    dates = [at for at in range(1, len(columns)) if all(_is_date(cell) for cell in columns[at])]
    if len(dates) != 2 or not all(_ENDS_WITH_NUMBER.fullmatch(cell) for cell in columns[0]):
        return {}
    maximum = _maximum(columns, before=dates[0] - 1)
    if maximum is None:
        return {}
    found = {
        Column.IDENTIFIER: 0,
        Column.GRADE: maximum - 1,
        Column.MAXIMUM if _NUMBER.fullmatch(columns[maximum][0]) else Column.SCALE: maximum,
        Column.CHANGEABLE: dates[0] - 1,
        Column.SUBMITTED: dates[0],
        Column.GRADED: dates[1],
    }
    if dates[1] + 1 < len(columns):
        found[Column.COMMENT] = dates[1] + 1
    status = [at for at in range(1, maximum) if all(" - " in cell for cell in columns[at])]
    if status:
        found[Column.STATUS] = status[0]
        _people(columns, status[0], found)
        _group(columns, range(status[0] + 1, maximum - 1), found)
    return found


def _maximum(columns: Sequence[tuple[str, ...]], *, before: int) -> int | None:
    """The last column that says the same number, or the same items of a scale, in every row."""
    for at in range(before - 1, 1, -1):
        value = columns[at][0].strip()
        if len(set(columns[at])) == 1 and (_NUMBER.fullmatch(value) or "   " in value):
            return at
    return None


def _is_date(cell: str) -> bool:
    return (
        cell.strip() == "-" or find_date(cell) is not None or bool(re.search(r"\d{4}.*\d{1,2}:\d{2}", cell))
    )


def _group(columns: Sequence[tuple[str, ...]], places: range, found: Columns) -> None:
    """The teams' column: alone between status and grade, where no workflow can bring markers there."""
    others = [at for at in places if not all(_is_date(cell) for cell in columns[at])]
    maximum = found.get(Column.MAXIMUM, found.get(Column.SCALE, 0))
    if len(others) == 1 and maximum + 1 == found[Column.CHANGEABLE] and any(columns[others[0]]):
        found[Column.GROUP] = others[0]


def _people(columns: Sequence[tuple[str, ...]], status: int, found: Columns) -> None:
    for at in range(1, status):
        if all("@" in cell for cell in columns[at]):
            found[Column.EMAIL] = at
        elif at == 1:
            found[Column.FULL_NAME] = at
