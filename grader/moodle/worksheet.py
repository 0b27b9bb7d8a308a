"""Moodle's offline grading worksheet: bytes to rows, and back with only the cells meant to change."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from grader.errors import MoodleError
from grader.model import Text, text
from grader.moodle.cells import Cell, Line, Table, quoted, read_table
from grader.moodle.columns import Columns, find_columns
from grader.moodle.languages import Column, Language, Status, find_date

_LAST_NUMBER = re.compile(r"(\d+)\s*$")
_BLIND_NAME = re.compile(r"\D*\d+ \((?P<name>.*)\)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One participant, as the worksheet tells."""

    identifier: str
    name: str
    email: str = ""
    status: Status = Status.UNKNOWN
    late_s: int | None = None  # what the status sentence says, where it says it to the second
    group: str | None = None  # None where the assignment has no teams
    grade: str = ""
    locked: bool = False
    submitted: datetime | None = None  # aware, UTC, the start of the minute shown
    graded: datetime | None = None  # likewise; a record of a grade exists where there is a date
    has_record: bool = False
    extension: datetime | None = None  # aware, UTC
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeChange:
    """What is to be written into one row; None leaves the cell alone."""

    grade: float | str | None = None  # str: an item of the scale
    comment_html: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worksheet:
    """A worksheet that was read. `write` gives its bytes with grades in."""

    table: Table
    language: Language | None  # None: not one known here, columns were found by position
    columns: tuple[tuple[Column, int], ...]
    rows: tuple[Row, ...]
    timezone: str
    maximum: float | None = None
    scale: tuple[str, ...] = ()
    warnings: tuple[Text, ...] = ()

    @property
    def has_teams(self) -> bool:
        """Is this of an assignment that teams hand in?"""
        return Column.GROUP in dict(self.columns)

    def overwrites(self, changes: Mapping[str, GradeChange]) -> tuple[str, ...]:
        """Identifiers whose comment in Moodle would be lost, were comments written."""
        at_risk = []
        for row in self.rows:
            change = changes.get(row.identifier)
            if row.comment.strip() and (
                change is None or change.comment_html is None or flattened(change.comment_html) != row.comment
            ):
                at_risk.append(row.identifier)
        return tuple(at_risk)

    def write(self, changes: Mapping[str, GradeChange], *, replace_comments: bool = False) -> bytes:
        """The worksheet with `changes` in; every other cell as it was, byte for byte.

        Moodle replaces each comment by its cell, an empty one too, and shows rich comments flattened. So
        where a comment is already there that is not the one to be written, the whole column is left out,
        unless `replace_comments`. In a row that changes, a date of the grade that Moodle could not read
        (any language but English) is written as ISO 8601.
        """
        unknown = sorted(changes.keys() - {row.identifier for row in self.rows})
        if unknown:
            raise MoodleError(
                f"the worksheet has no row for {', '.join(unknown)}", "use the worksheet of this assignment"
            )
        keep = replace_comments or not self.overwrites(changes)
        by_number = {row.identifier: row for row in self.rows}
        lines = [self._line(line, changes, by_number) for line in self.table.lines]
        if not keep:
            lines = [self._without_comment(line) for line in lines]
        return replace(self.table, lines=tuple(lines)).to_bytes()

    def _line(self, line: Line, changes: Mapping[str, GradeChange], rows: Mapping[str, Row]) -> Line:
        columns = dict(self.columns)
        number = None if line.is_blank else identifier_in(line.cells[columns[Column.IDENTIFIER]].value)
        change = changes.get(number) if number is not None else None
        if number is None or change is None or number not in rows:
            return line
        cells = list(line.cells)
        if change.grade is not None:
            cells[columns[Column.GRADE]] = self._cell(grade_cell(change.grade, self))
        if change.comment_html is not None and Column.COMMENT in columns:
            cells[columns[Column.COMMENT]] = self._cell(safe_comment(change.comment_html))
        graded = rows[number].graded
        if graded is not None and (self.language is None or self.language.code != "en"):
            local = graded.astimezone(ZoneInfo(self.timezone))
            cells[columns[Column.GRADED]] = self._cell(local.isoformat(timespec="seconds"))
        return Line(tuple(cells), line.end)

    def _cell(self, value: str) -> Cell:
        cell = quoted(value, self.table.separator)
        try:
            cell.raw.encode(self.table.encoding)
        except UnicodeEncodeError:
            escaped = value.encode(self.table.encoding, "xmlcharrefreplace").decode(self.table.encoding)
            return quoted(escaped, self.table.separator)
        return cell

    def _without_comment(self, line: Line) -> Line:
        at = dict(self.columns).get(Column.COMMENT)
        if at is None or line.is_blank:
            return line
        return Line(line.cells[:at] + line.cells[at + 1 :], line.end)


# --- reading --------------------------------------------------------------------------------------------


def read_worksheet(data: bytes, *, timezone: str = "UTC") -> Worksheet:
    """The worksheet in `data`, whose dates are in `timezone`; raises MoodleError when it is none."""
    table = read_table(data)
    lines = [line for line in table.lines if not line.is_blank]
    if not lines:
        raise MoodleError("the worksheet is empty", "download it from the assignment again")
    headers = tuple(cell.value for cell in lines[0].cells)
    cells = tuple(tuple(cell.value for cell in line.cells) for line in lines[1:])
    for number, row in enumerate(cells, start=2):
        if len(row) != len(headers):
            raise MoodleError(
                f"row {number} of the worksheet has {len(row)} cells where the header has {len(headers)}",
                "Moodle would ignore the whole file; download the worksheet again and do not edit it by hand",
            )
    language, columns = find_columns(headers, cells)
    rows, warnings = _rows(cells, columns, language, timezone)
    maximum, scale = _maximum(cells, columns)
    return Worksheet(
        table=table,
        language=language,
        columns=tuple(sorted(columns.items(), key=lambda item: item[1])),
        rows=rows,
        timezone=timezone,
        maximum=maximum,
        scale=scale,
        warnings=_about_language(language, columns, headers) + warnings,
    )


def _about_language(
    language: Language | None, columns: Columns, headers: tuple[str, ...]
) -> tuple[Text, ...]:
    if language is not None:
        return ()
    places = ", ".join(
        f"{column.value} = “{headers[at]}”" for column, at in sorted(columns.items(), key=lambda i: i[1])
    )
    return (
        text(
            "The worksheet is in a language that is not known here; its columns were found by their place: "
            "{places}. Check them before you upload.",
            places=places,
        ),
    )


def _rows(
    cells: Iterable[tuple[str, ...]], columns: Columns, language: Language | None, timezone: str
) -> tuple[tuple[Row, ...], tuple[Text, ...]]:
    rows: dict[str, Row] = {}
    warnings: list[Text] = []
    unread = 0
    for number, values in enumerate(cells, start=2):
        identifier = identifier_in(values[columns[Column.IDENTIFIER]])
        if identifier is None:
            warnings.append(
                text("Row {number} of the worksheet has no identifier; it was left out.", number=number)
            )
            continue
        if identifier in rows:
            warnings.append(text("The worksheet has several rows for {identifier}.", identifier=identifier))
            continue
        row = _row(identifier, values, columns, language, timezone)
        rows[identifier] = row
        unread += row.submitted is None and _at(values, columns, Column.SUBMITTED).strip() not in {"", "-"}
    if unread:
        warnings.append(
            text(
                "{count} date(s) of the worksheet could not be read: lateness is not known there.",
                count=unread,
            )
        )
    return tuple(rows.values()), tuple(warnings)


def _row(
    identifier: str, values: tuple[str, ...], columns: Columns, language: Language | None, timezone: str
) -> Row:
    name = _at(values, columns, Column.FULL_NAME) or _at(values, columns, Column.IDENTIFIER)
    blind = _BLIND_NAME.fullmatch(name)
    sentence = _at(values, columns, Column.STATUS)
    graded = _at(values, columns, Column.GRADED)
    own_due = [_utc(_at(values, columns, Column.DUE), timezone), _utc(sentence, timezone)]
    submitted = _utc(_at(values, columns, Column.SUBMITTED), timezone)
    return Row(
        identifier=identifier,
        name=blind["name"] if blind else name,
        email=_at(values, columns, Column.EMAIL),
        status=_status(sentence, _at(values, columns, Column.SUBMITTED), language),
        late_s=_late(sentence, language),
        group=_at(values, columns, Column.GROUP) if Column.GROUP in columns else None,
        grade=_at(values, columns, Column.GRADE),
        locked=_is_locked(_at(values, columns, Column.CHANGEABLE), language),
        submitted=submitted,
        graded=_utc(graded, timezone),
        has_record=graded.strip() not in {"", "-"},
        extension=max((moment for moment in own_due if moment), default=None),
        comment=_at(values, columns, Column.COMMENT),
    )


def identifier_in(cell: str) -> str | None:
    """The number at the end of an Identifier cell, whatever word the language puts before it."""
    match = _LAST_NUMBER.search(cell)
    return str(int(match[1])) if match else None


def _at(values: tuple[str, ...], columns: Columns, column: Column) -> str:
    at = columns.get(column)
    return values[at] if at is not None else ""


def _utc(cell: str, timezone: str) -> datetime | None:
    moment = find_date(cell)
    if moment is None:
        return None
    return moment.replace(tzinfo=ZoneInfo(timezone)).astimezone(UTC)


def _status(sentence: str, submitted: str, language: Language | None) -> Status:
    for status, start in language.statuses if language else ():
        if sentence.startswith(start):
            return status
    return Status.NOTHING if submitted.strip() == "-" else Status.UNKNOWN


def _late(sentence: str, language: Language | None) -> int | None:
    """Seconds late, where the sentence tells them exactly: Moodle shows the two largest units only."""
    if language is None or not language.late:
        return None
    for part in sentence.split(" - "):
        match = re.fullmatch(language.late, part.strip())
        if match and match[4]:
            days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
            if not days and not hours:
                return int(timedelta(minutes=minutes, seconds=seconds).total_seconds())
    return None


def _is_locked(cell: str, language: Language | None) -> bool:
    return bool(language and language.locked and cell.strip() == language.locked)


def _maximum(cells: tuple[tuple[str, ...], ...], columns: Columns) -> tuple[float | None, tuple[str, ...]]:
    if not cells:
        return None, ()
    if Column.SCALE in columns:
        return None, tuple(item.strip() for item in cells[0][columns[Column.SCALE]].split("   "))
    if Column.MAXIMUM not in columns:
        return None, ()
    number = cells[0][columns[Column.MAXIMUM]].replace(",", ".").strip()
    return (float(number) if re.fullmatch(r"\d+(\.\d+)?", number) else None), ()


# --- cells that we write ----------------------------------------------------------------------------------


def grade_cell(grade: float | str, worksheet: Worksheet) -> str:
    """A grade as every language of Moodle's reads it: digits and a dot; or an item of the scale."""
    if isinstance(grade, str):
        if grade not in worksheet.scale:
            raise MoodleError(f"{grade!r} is not on the scale", f"use one of {', '.join(worksheet.scale)}")
        return grade
    if worksheet.scale:
        raise MoodleError("this assignment is graded on a scale", "write an item of the scale, not a number")
    maximum = worksheet.maximum if worksheet.maximum is not None else math.inf
    if not (math.isfinite(grade) and 0 <= grade <= maximum):
        raise MoodleError(f"{grade} is no grade between 0 and {maximum:g}", "Moodle would skip it in silence")
    return f"{grade:.5f}".rstrip("0").rstrip(".")


_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def safe_comment(comment_html: str) -> str:
    """A comment as a cell that Moodle reads back unchanged and no spreadsheet takes for a formula.

    One line (Moodle stores newlines, people who open the file trip over them), no backslash (Moodle reads
    `\\` as an escape though it does not write it), beginning with a tag.
    """
    comment = _CONTROLS.sub(" ", comment_html).replace("\\", "&#92;").strip()
    if comment and not comment.startswith("<"):
        return f"<p>{comment}</p>"
    return comment


def comment_html(lines: Iterable[str]) -> str:
    """Plain sentences as a comment: one paragraph each, everything in them escaped."""
    return "".join(f"<p>{html.escape(line.strip(), quote=False)}</p>" for line in lines if line.strip())


def flattened(comment: str) -> str:
    """How Moodle shows a rich comment in a worksheet (lib/table/classes/base_export_format.php)."""
    spaced = re.sub(r"</p>|\r\n|\r|\n", "   ", comment)
    return html.unescape(re.sub(r"<[^>]*>", "", spaced))
