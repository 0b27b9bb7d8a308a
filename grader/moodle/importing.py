"""What Moodle does with a worksheet that is uploaded, row by row, before anyone uploads it.

The rules are those of mod/assign/feedback/offline (importgradeslib.php, locallib.php) in Moodle 4.5; every
import recorded from a real one is predicted as it went.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from grader.model import Text, text
from grader.moodle.languages import LANGUAGES, NEEDED, Column, Language
from grader.moodle.php import read_csv, to_float, to_time, write_csv
from grader.moodle.worksheet import Worksheet

_STALE_AFTER = timedelta(seconds=60)
_SOME_TIME = datetime.max.replace(tzinfo=UTC)  # there is a record, of a date that cannot be read


class Fate(StrEnum):
    """What becomes of a cell."""

    SET = "set"
    SAME = "same"  # Moodle already has it
    EMPTY = "empty"
    NEGATIVE = "negative"
    STALE = "stale"  # Moodle's record is newer than the row, or the row's date cannot be read
    LOCKED = "locked"
    ABOVE_MAXIMUM = "above the maximum"
    NOT_ON_SCALE = "not on the scale"
    NO_COLUMN = "no column"
    UNKNOWN_PARTICIPANT = "unknown participant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What Moodle holds for one participant before the import."""

    grade: float | None = None
    modified: datetime | None = None  # aware; None: no record of a grade exists
    comment: str | None = None  # None: not known
    locked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """How the import is done: by whom, where, with which box ticked."""

    language: Language
    timezone: str  # of Moodle's server
    now: datetime
    separator: str = ","
    encoding: str = "utf-8"
    ignore_modified: bool = False  # "Allow updating records that have been modified more recently…"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowPrediction:
    """What becomes of one row."""

    cell: str  # the Identifier cell, as it is
    identifier: str | None  # of whom Moodle takes it to be; None where it skips the row
    grade_cell: str
    grade: Fate
    stored: float | None  # the grade after the import
    comment: Fate
    stored_comment: str | None
    loses_comment: bool = False  # a comment that Moodle holds is erased or flattened


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPrediction:
    """What becomes of the file: `refused` where Moodle takes none of it."""

    rows: tuple[RowPrediction, ...] = ()
    refused: Text = Text()

    @property
    def grades_updated(self) -> int:
        """The first number of Moodle's reply."""
        return sum(row.grade is Fate.SET for row in self.rows)

    @property
    def comments_updated(self) -> int:
        """The second number of Moodle's reply."""
        return sum(row.comment is Fate.SET for row in self.rows)


def state_of(worksheet: Worksheet) -> dict[str, Stored]:
    """What Moodle holds, as far as a fresh worksheet tells: two decimals, minutes, flattened comments."""
    state = {}
    for row in worksheet.rows:
        grade = (
            _scale_index(row.grade, worksheet.scale)
            if worksheet.scale
            else _shown_grade(row.grade, worksheet)
        )
        state[row.identifier] = Stored(
            grade=grade,
            modified=row.graded or (_SOME_TIME if row.has_record else None),
            comment=row.comment,
            locked=row.locked,
        )
    return state


def _shown_grade(cell: str, worksheet: Worksheet) -> float | None:
    decimal = worksheet.language.decimal if worksheet.language else ","
    return to_float(cell.replace(decimal, ".")) if cell.strip() else None


def predict_import(
    upload: bytes,
    state: Mapping[str, Stored],
    session: Session,
    *,
    maximum: float | None = None,
    scale: Sequence[str] = (),
) -> ImportPrediction:
    """What Moodle does with `upload`; `state` has everyone in the assignment, who has nothing too."""
    columns, rows, refused = _parse(upload, session)
    if refused:
        return ImportPrediction(refused=refused)
    before = dict(state)
    predictions = []
    for row in rows:
        cell = row[columns[Column.IDENTIFIER]]
        number = identifier_read(cell, session.language)
        if number is None:
            return ImportPrediction(
                refused=text(
                    "“{cell}” has no number where Moodle looks for it: the import stops there.", cell=cell
                )
            )
        prediction = _row(cell, number, row, columns, before.get(number), session, maximum, scale)
        predictions.append(prediction)
        if number in before:
            before[number] = _after(before[number], prediction, session.now)
    return ImportPrediction(rows=tuple(predictions))


def identifier_read(cell: str, language: Language) -> str | None:
    """The participant that Moodle takes `cell` to mean; None where that stops the import.

    It cuts off as many bytes as the language's word for "Participant " has, whatever they are.
    """
    rest = cell.encode()[len(language.participant.encode()) :].decode("utf-8", "replace").strip()
    return str(int(rest)) if re.fullmatch(r"[+-]?\d{1,18}", rest, re.ASCII) else None


Header = dict[Column, int]


def _parse(upload: bytes, session: Session) -> tuple[Header, list[list[str]], Text]:
    """The rows as Moodle's CSV reader hands them on: read, written and read again (lib/csvlib.class.php)."""
    content = upload.decode(session.encoding, "replace").removeprefix("\ufeff")
    content = re.sub(r"\r\n?", "\n", content)
    content = content.strip(" \n\r\0\v") if session.separator == "\t" else content.strip(" \t\n\r\0\v")
    first = [row for row in read_csv(content, session.separator) if row is not None]
    if not first or any(len(row) != len(first[0]) for row in first):
        return (
            {},
            [],
            text("Some row has another number of cells than the header: Moodle ignores the whole file."),
        )
    header = {}
    for at, name in enumerate(first[0]):
        for column in (*NEEDED, Column.COMMENT):
            if name == session.language.header(column):
                header[column] = at
    if not all(column in header for column in NEEDED):
        return {}, [], _wrong_language(first[0], session.language)
    if header.get(Column.COMMENT) == 0:
        del header[Column.COMMENT]  # Moodle takes the first column for "not found"
    again = [row for row in read_csv(write_csv(first), ",") if row is not None]
    return header, [row for row in again[1:] if len(row) > max(header.values())], Text()


def _wrong_language(header: Sequence[str], language: Language) -> Text:
    for other in LANGUAGES:
        if all(other.header(column) in header for column in NEEDED):
            return text(
                "Moodle could not read the uploaded worksheet: it is in “{file}”, the session in “{session}”."
                " Switch Moodle's language to that of the worksheet.",
                file=other.code,
                session=language.code,
            )
    return text("Moodle could not read the uploaded worksheet: a column that it needs is missing.")


def _row(
    cell: str,
    number: str,
    row: Sequence[str],
    columns: Header,
    stored: Stored | None,
    session: Session,
    maximum: float | None,
    scale: Sequence[str],
) -> RowPrediction:
    grade_cell = row[columns[Column.GRADE]]
    if stored is None:
        return RowPrediction(
            cell=cell,
            identifier=None,
            grade_cell=grade_cell,
            grade=Fate.UNKNOWN_PARTICIPANT,
            stored=None,
            comment=Fate.UNKNOWN_PARTICIPANT,
            stored_comment=None,
        )
    stale = is_stale(row[columns[Column.GRADED]], stored.modified, session) and not session.ignore_modified
    value = _scale_index(grade_cell, scale) if scale else number_read(grade_cell, session.language)
    fate = _grade_fate(value, grade_cell, stored, stale=stale, maximum=maximum, on_scale=bool(scale))
    comment = row[columns[Column.COMMENT]] if Column.COMMENT in columns else None
    comment_fate = _comment_fate(comment, stored, stale=stale)
    taken = comment_fate is Fate.SET
    return RowPrediction(
        cell=cell,
        identifier=number,
        grade_cell=grade_cell,
        grade=fate,
        stored=round(value, 5) if fate is Fate.SET and value is not None else stored.grade,
        comment=comment_fate,
        stored_comment=comment if taken else stored.comment,
        loses_comment=taken and bool((stored.comment or "").strip()),
    )


def number_read(cell: str, language: Language) -> float | None:
    """The grade that Moodle reads in `cell`, where a decimal mark is the language's: `unformat_float`."""
    trimmed = cell.strip(" \t\n\r\0\v")
    if not trimmed:
        return None
    return to_float(trimmed.replace(" ", "").replace(language.decimal, "."))


def _scale_index(cell: str, scale: Sequence[str]) -> float | None:
    return float(list(scale).index(cell) + 1) if cell in scale else None


def is_stale(cell: str, modified: datetime | None, session: Session) -> bool:
    """Has Moodle's record changed since the row was downloaded, as far as PHP can read the row's date?"""
    if modified is None:
        return False
    downloaded = to_time(cell, timezone=session.timezone, now=session.now)
    return downloaded is None or modified > downloaded + _STALE_AFTER


def _grade_fate(
    value: float | None, cell: str, stored: Stored, *, stale: bool, maximum: float | None, on_scale: bool
) -> Fate:
    """Moodle's checks in Moodle's order (locallib.php:160-176)."""
    if value is None:
        return Fate.NOT_ON_SCALE if on_scale and cell.strip() else Fate.EMPTY
    if stored.grade is not None and value == stored.grade:
        return Fate.SAME
    if value < 0:
        return Fate.NEGATIVE
    if stale:
        return Fate.STALE
    if stored.locked:
        return Fate.LOCKED
    if maximum is not None and value > maximum:
        return Fate.ABOVE_MAXIMUM
    return Fate.SET


def _comment_fate(comment: str | None, stored: Stored, *, stale: bool) -> Fate:
    if comment is None:
        return Fate.NO_COLUMN
    if comment == (stored.comment or ""):
        return Fate.SAME
    return Fate.STALE if stale else Fate.SET


def _after(stored: Stored, prediction: RowPrediction, now: datetime) -> Stored:
    changed = Fate.SET in (prediction.grade, prediction.comment)
    return Stored(
        grade=prediction.stored,
        modified=now if changed else stored.modified,
        comment=prediction.stored_comment,
        locked=stored.locked,
    )
