"""From what was given on the command line to who handed in what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grader.discover.entries import Allowance, ClassList, Entry, Part, Storage
from grader.discover.fetching import fetch
from grader.discover.reconciling import with_list, without_list
from grader.discover.sources import Found, read_source
from grader.errors import MoodleError, SourceError
from grader.moodle import Row, Status, Worksheet, read_worksheet
from grader.moodle.roster import Roster, read_roster

__all__ = ["Allowance", "ClassList", "Entry", "Part", "Status", "Storage", "fetch", "find"]


def find(
    sources: Sequence[Path],
    *,
    worksheet: Path | bytes | None = None,
    timezone: str,
    due: datetime | None = None,
    allowance: Allowance | None = None,
) -> ClassList:
    """Everybody who handed in, or should have, once each; no byte of a hand-in is read.

    A source is a Moodle zip, a folder (one sub-folder or file per student, or an unpacked Moodle zip) or a
    file; `worksheet` is Moodle's, or its bytes. `timezone` is where Moodle's dates are read; `due` helps to
    tell how late. Raises SourceError or MoodleError when a source or the worksheet cannot be used.
    """
    clock = _clock(timezone)
    read = [read_source(path, clock, allowance or Allowance()) for path in sources]
    sheet = _read_sheet(worksheet, timezone) if worksheet is not None else None
    roster = next((read_roster(source.roster) for source in read if source.roster is not None), None)
    warnings = [warning for source in read for warning in source.warnings]
    found = _named([whose for source in read for whose in source.found])
    if sheet is None and roster is None:
        if not found:
            raise SourceError(
                f"there is no hand-in in {_shown(sources)}", "give a Moodle zip, a folder or files"
            )
        entries = without_list(found)
    else:
        entries, more = with_list(
            found,
            _rows(sheet, roster),
            has_teams=_has_teams(sheet, roster),
            due=due or (roster.due if roster else None),
        )
        warnings += [*(sheet.warnings if sheet else ()), *more]
    return ClassList(
        entries=entries,
        warnings=tuple(dict.fromkeys(warnings)),
        worksheet=sheet,
        is_moodle=any(source.is_moodle for source in read),
    )


def _clock(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SourceError(
            f"there is no time zone {timezone!r}", 'write one such as "Europe/Paris"'
        ) from error


def _shown(sources: Sequence[Path]) -> str:
    return ", ".join(str(path) for path in sources) or "what was given"


def _read_sheet(path: Path | bytes, timezone: str) -> Worksheet:
    if isinstance(path, bytes):
        return read_worksheet(path, timezone=timezone)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MoodleError(
            f"{path} cannot be read ({error.strerror})", "check the path of the worksheet"
        ) from error
    try:
        return read_worksheet(data, timezone=timezone)
    except MoodleError as error:
        raise MoodleError(f"{path}: {error.problem}", error.fix) from error


def _rows(sheet: Worksheet | None, roster: Roster | None) -> tuple[Row, ...]:
    """Those of the worksheet, with exact times of the roster; those whom only the roster has come last."""
    if sheet is None:
        return roster.rows if roster else ()
    exact = {row.identifier: row for row in roster.rows} if roster else {}
    rows = [
        replace(
            row,
            status=exact[row.identifier].status,
            submitted=exact[row.identifier].submitted,
            extension=exact[row.identifier].extension or row.extension,
            late_s=None,
        )
        if row.identifier in exact
        else row
        for row in sheet.rows
    ]
    known = {row.identifier for row in sheet.rows}
    return (*rows, *(row for row in exact.values() if row.identifier not in known))


def _has_teams(sheet: Worksheet | None, roster: Roster | None) -> bool:
    return (sheet is not None and sheet.has_teams) or (roster is not None and roster.has_teams)


def _named(found: list[Found]) -> list[Found]:
    """Single files of one name in several folders are told apart by the folder: ada/tp4.py, bob/tp4.py."""
    counts: dict[str, int] = {}
    for whose in found:
        counts[whose.name] = counts.get(whose.name, 0) + 1
    for whose in found:
        if counts[whose.name] > 1 and not whose.is_moodle and len(whose.parts) == 1:
            folder = Path(whose.parts[0].source).resolve().parent.name
            whose.name = f"{folder} {whose.name}".strip()
    return found
