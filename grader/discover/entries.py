"""Who handed in what, before any byte of it is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from grader.model import Text
from grader.moodle import Recipient, Status, Worksheet


class Storage(StrEnum):
    """Where a handed-in file lies."""

    FILE = "file"  # by itself
    ZIP = "zip"  # inside an archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of a hand-in, and where to read it."""

    path: str  # in the hand-in: posix, relative
    storage: Storage
    source: str  # the file itself, or the archive
    size: int  # bytes, as declared
    modified: datetime | None = None
    offset: int = 0  # these five: in the archive
    packed: int = 0
    method: int = 0
    crc: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One participant (or, without worksheet, one team) and what was handed in. Light, and picklable."""

    key: str
    name: str
    identifier: str | None = None
    status: Status = Status.UNKNOWN
    handed_in: datetime | None = None  # aware, UTC; to the minute when it comes from a worksheet
    extension: datetime | None = None  # aware, UTC
    team: str | None = None  # the team's name
    team_number: str | None = None  # Moodle's number of the group
    work: str = ""  # the same for all who share one hand-in
    parts: tuple[Part, ...] = ()
    notes: tuple[Text, ...] = ()
    problem: Text = Text()  # why nothing of it can be read

    @property
    def is_absent(self) -> bool:
        """Was it handed in, but is not in what was given here?"""
        return self.status is Status.SUBMITTED and not self.parts

    @property
    def recipient(self) -> Recipient | None:
        """Where feedback goes; None where Moodle has no number for it (students without a group)."""
        number = self.identifier if self.team is None else self.team_number
        return None if number is None else Recipient(name=self.team or self.name, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassList:
    """Everybody, once each; `warnings` are for staff."""

    entries: tuple[Entry, ...]
    warnings: tuple[Text, ...] = ()
    worksheet: Worksheet | None = None
    is_moodle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """How much one hand-in may bring; what goes over is refused and told."""

    files: int = 1000
    file_bytes: int = 64 << 20
    total_bytes: int = 192 << 20
    archive_entries: int = 10_000  # in an archive that a student made
    archive_depth: int = 2
    path_length: int = 240
    path_depth: int = 20


def each_once(notes: Iterable[Text]) -> tuple[Text, ...]:
    """Each note once, in the order of its first appearance."""
    return tuple(dict.fromkeys(notes))
