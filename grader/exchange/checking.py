"""A dry run: what Moodle will do with a worksheet and feedback zips, and how to upload them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from grader.errors import MoodleError
from grader.model import Text, text
from grader.moodle import Worksheet, read_worksheet
from grader.moodle.feedback import predict_feedback
from grader.moodle.importing import (
    Fate,
    ImportPrediction,
    RowPrediction,
    Session,
    Stored,
    predict_import,
    state_of,
)
from grader.moodle.languages import language

_FINE = (Fate.SET, Fate.SAME, Fate.EMPTY)
_SEPARATORS = {",": text("comma"), ";": text("semicolon"), "\t": text("tab"), ":": text("colon")}
_ENCODINGS = {"cp1252": "WINDOWS-1252", "latin-1": "ISO-8859-1"}  # as Moodle's form calls them
_REASONS = {
    Fate.STALE: text("Moodle's record is newer than the row, or the date in the row cannot be read."),
    Fate.LOCKED: text("The grade is locked or overridden in the gradebook."),
    Fate.ABOVE_MAXIMUM: text("The grade is above the maximum."),
    Fate.NEGATIVE: text("The grade is negative."),
    Fate.NOT_ON_SCALE: text("That is no item of the scale."),
    Fate.UNKNOWN_PARTICIPANT: text("This is no participant of the assignment."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRow:
    """One row, as the dry run ends for it."""

    cell: str  # the Identifier cell
    name: str
    grade_cell: str
    stored: float | None
    fate: Fate
    comment: Fate
    why: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What Moodle will do, and what to do in Moodle."""

    rows: tuple[CheckedRow, ...]
    refused: Text
    steps: tuple[Text, ...]
    warnings: tuple[Text, ...]
    grades_updated: int
    comments_updated: int
    files_taken: int = 0
    files_ignored: tuple[str, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Is nothing skipped, refused or lost?"""
        skipped = any(row.fate not in _FINE for row in self.rows)
        return not (self.refused or skipped or self.warnings or self.files_ignored)


def check(
    upload: Path,
    *,
    original: Path | None,
    feedback: Sequence[Path] = (),
    session_language: str | None = None,
    timezone: str,
    server_timezone: str | None = None,
    now: datetime,
    ticked: bool | None = None,
) -> Advice:
    """The dry run of uploading the worksheet `upload`, then the `feedback` zips.

    `original` is the worksheet as freshly downloaded: it tells what Moodle holds. `ticked`: the box about
    records modified more recently; None ticks it only when something is stale without.
    """
    data = _read(upload)
    sheet = read_worksheet(data, timezone=timezone)
    before = read_worksheet(_read(original), timezone=timezone) if original is not None else sheet
    session = _session(sheet, session_language, server_timezone or timezone, now)
    state = state_of(before) if original is not None else _unknown(sheet)
    prediction = _predict(data, sheet, before, session, state, ticked=bool(ticked))
    box = bool(ticked)
    if ticked is None and any(
        row.grade is Fate.STALE or row.comment is Fate.STALE for row in prediction.rows
    ):
        box = True
        prediction = _predict(data, sheet, before, session, state, ticked=True)
    names = {row.identifier: row.name for row in before.rows}
    taken, ignored = _feedback(feedback, before)
    return Advice(
        rows=tuple(_checked(row, names) for row in prediction.rows),
        refused=prediction.refused,
        steps=_steps(sheet, session, box=box, prediction=prediction, has_feedback=bool(feedback)),
        warnings=_warnings(prediction, sheet, before, original=original, box=box),
        grades_updated=prediction.grades_updated,
        comments_updated=prediction.comments_updated,
        files_taken=taken,
        files_ignored=ignored,
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MoodleError(f"{path} cannot be read ({error.strerror})", "check the path") from error


def _session(sheet: Worksheet, code: str | None, timezone: str, now: datetime) -> Session:
    chosen = language(code) if code is not None else sheet.language
    if chosen is None:
        raise MoodleError(
            f"Moodle's rules in the language {code or 'of this worksheet'} are not known here",
            "switch Moodle to English, French or German, and download the worksheet again",
        )
    return Session(language=chosen, timezone=timezone, now=now, separator=sheet.table.separator)


def _unknown(sheet: Worksheet) -> dict[str, Stored]:
    """What Moodle may hold where only the worksheet to be uploaded is known: no grades, no comments."""
    return {
        identifier: replace(stored, grade=None, comment=None)
        for identifier, stored in state_of(sheet).items()
    }


def _predict(
    data: bytes,
    sheet: Worksheet,
    before: Worksheet,
    session: Session,
    state: Mapping[str, Stored],
    *,
    ticked: bool,
) -> ImportPrediction:
    how = replace(session, encoding=sheet.table.encoding, ignore_modified=ticked)
    return predict_import(data, state, how, maximum=before.maximum, scale=before.scale)


def _checked(row: RowPrediction, names: dict[str, str]) -> CheckedRow:
    return CheckedRow(
        cell=row.cell,
        name=names.get(row.identifier or "", ""),
        grade_cell=row.grade_cell,
        stored=row.stored,
        fate=row.grade,
        comment=row.comment,
        why=_REASONS.get(row.grade, Text()),
    )


def _steps(
    sheet: Worksheet, session: Session, *, box: bool, prediction: ImportPrediction, has_feedback: bool
) -> tuple[Text, ...]:
    steps = [
        text("Switch Moodle to the language of the worksheet ({code}).", code=session.language.code),
        text(
            "Upload the worksheet: separator {separator}, encoding {encoding}.",
            separator=_SEPARATORS[sheet.table.separator],
            encoding=_ENCODINGS.get(sheet.table.encoding, sheet.table.encoding.upper()),
        ),
        text("Tick “Allow updating records that have been modified more recently in Moodle”.")
        if box
        else text("Leave “Allow updating records that have been modified more recently in Moodle” unticked."),
        text(
            "Compare with Moodle's reply: {grades} grades and {comments} feedback instances.",
            grades=prediction.grades_updated,
            comments=prediction.comments_updated,
        ),
    ]
    if has_feedback:
        steps.append(
            text("Only then upload the feedback zips: the other way round the worksheet goes stale.")
        )
    return tuple(steps)


def _warnings(
    prediction: ImportPrediction, sheet: Worksheet, before: Worksheet, *, original: Path | None, box: bool
) -> tuple[Text, ...]:
    warnings = list(sheet.warnings)
    lost = sum(row.loses_comment for row in prediction.rows)
    if lost:
        warnings.append(
            text("{count} comment(s) that Moodle holds are replaced, erased or flattened.", count=lost)
        )
    flat = sum(
        row.comment is Fate.SAME and bool((row.stored_comment or "").strip()) for row in prediction.rows
    )
    if flat:
        warnings.append(
            text(
                "{count} comment(s) go back as they came, as plain text: formatting that they have in Moodle "
                "is lost. Leave the column out to keep it.",
                count=flat,
            )
        )
    misread = [row for row in prediction.rows if _is_misread(row)]
    if misread:
        cells = ", ".join(
            f"{row.grade_cell!r} → {row.stored:g}" for row in misread[:5] if row.stored is not None
        )
        warnings.append(text("Moodle reads these grades otherwise than written: {cells}.", cells=cells))
    if box and original is None:
        warnings.append(
            text("Without a fresh worksheet, nobody can tell what changed in Moodle: give --original.")
        )
    missing = {row.identifier for row in sheet.rows} - {row.identifier for row in before.rows}
    if missing:
        warnings.append(text("{count} row(s) are not in the fresh worksheet.", count=len(missing)))
    return tuple(warnings)


def _is_misread(row: RowPrediction) -> bool:
    """Is the number stored another than people read in the cell?"""
    if row.grade is not Fate.SET or row.stored is None:
        return False
    try:
        return abs(float(row.grade_cell.strip().replace(",", ".")) - row.stored) > 1e-4
    except ValueError:
        return row.stored == 0


def _feedback(paths: Sequence[Path], before: Worksheet) -> tuple[int, tuple[str, ...]]:
    """How many files Moodle takes of the zips, and which it ignores."""
    numbers = {row.identifier for row in before.rows}
    taken, ignored = 0, []
    for path in paths:
        try:
            with zipfile.ZipFile(io.BytesIO(_read(path))) as archive:
                names = [info.filename for info in archive.infolist() if not info.is_dir()]
        except zipfile.BadZipFile as error:
            raise MoodleError(f"{path} is no zip", "make it again with `grader report`") from error
        for name in names:
            known = _Any() if before.has_teams else numbers
            if predict_feedback(name, known) is None:
                ignored.append(name)
            else:
                taken += 1
    return taken, tuple(ignored)


class _Any:
    """Holds every number: a worksheet does not tell the numbers of groups."""

    def __contains__(self, number: object) -> bool:
        return True
