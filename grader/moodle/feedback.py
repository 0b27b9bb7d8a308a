"""Zips of feedback files under the names that Moodle takes, none larger than the site allows."""

from __future__ import annotations

import re
import struct
import unicodedata
import zlib
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from grader.errors import MoodleError
from grader.moodle.names import clean_file, feedback_folder

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_UTF8 = 0x800
_DEFLATE = 8
_MADE_BY = (3 << 8) | 20  # Unix: unzip shows accents as they are
_MODE = 0o100644 << 16
_DATE = (1 << 5) | 1  # 1 January 1980: the same pages give the same bytes
_MAX_FILES = 0xFFFE  # without Zip64, which Moodle's PHP need not read


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """For whom a feedback file is: a participant's Identifier or, where teams hand in, a group's number."""

    name: str
    number: str


def feedback_zip(
    pages: Iterable[tuple[Recipient, str, bytes]], max_bytes: int = 100 << 20, stem: str = "feedback"
) -> Iterator[tuple[str, bytes]]:
    """The archives (file name, bytes): `feedback.zip`, or `feedback-1.zip`, … where one would be too large.

    `pages` are recipient, file name and content; of two for the same recipient under the same name the
    first is taken, so that the members of a team may all be given. Each archive is made when it is asked for.
    """
    open_archive = _Archive()
    finished: list[bytes] = []
    seen: set[tuple[str, str]] = set()
    for recipient, filename, content in pages:
        name = _file_name(filename)
        if (recipient.number, name) in seen:
            continue
        seen.add((recipient.number, name))
        entry = _Packed.make(f"{feedback_folder(recipient.name, recipient.number)}/{name}", content)
        if _Archive.EMPTY + entry.size > max_bytes:
            raise MoodleError(
                f"the feedback page of {recipient.name} alone is larger than {max_bytes / 1e6:.1f} MB",
                "raise the limit, or upload that page by hand",
            )
        if not open_archive.has_room(entry, max_bytes):
            finished.append(open_archive.to_bytes())
            yield f"{stem}-{len(finished)}.zip", finished[-1]
            finished[-1] = b""
            open_archive = _Archive()
        open_archive.add(entry)
    if open_archive.entries or not finished:
        last = f"{stem}-{len(finished) + 1}.zip" if finished else f"{stem}.zip"
        yield last, open_archive.to_bytes()


def _file_name(name: str) -> str:
    """`name` as Moodle keeps it; it drops base names that begin with a dot or a tilde."""
    return clean_file(name).lstrip(".~ ") or "feedback.html"


@dataclass(frozen=True, slots=True)
class _Packed:
    name: bytes
    data: bytes
    crc: int
    length: int

    @classmethod
    def make(cls, name: str, content: bytes) -> _Packed:
        engine = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        data = engine.compress(content) + engine.flush()
        return cls(name.encode("utf-8", "replace"), data, zlib.crc32(content), len(content))

    @property
    def size(self) -> int:
        """Bytes that it takes in an archive."""
        return _LOCAL.size + _CENTRAL.size + 2 * len(self.name) + len(self.data)


class _Archive:
    """A zip being filled."""

    EMPTY = _END.size

    def __init__(self) -> None:
        self.entries: list[_Packed] = []
        self._size = self.EMPTY

    def has_room(self, entry: _Packed, max_bytes: int) -> bool:
        return len(self.entries) < _MAX_FILES and self._size + entry.size <= max_bytes

    def add(self, entry: _Packed) -> None:
        self.entries.append(entry)
        self._size += entry.size

    def to_bytes(self) -> bytes:
        body, directory = bytearray(), bytearray()
        for entry in self.entries:
            common = (
                20,
                _UTF8,
                _DEFLATE,
                0,
                _DATE,
                entry.crc,
                len(entry.data),
                entry.length,
                len(entry.name),
                0,
            )
            directory += (
                _CENTRAL.pack(b"PK\x01\x02", _MADE_BY, *common, 0, 0, 0, _MODE, len(body)) + entry.name
            )
            body += _LOCAL.pack(b"PK\x03\x04", *common) + entry.name + entry.data
        count = len(self.entries)
        end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
        return bytes(body + directory + end)


# --- what Moodle makes of such a zip ------------------------------------------------------------------------

_PLUGINS = {
    "assignfeedback": frozenset({"comments", "editpdf", "file", "offline"}),
    "assignsubmission": frozenset({"comments", "file", "onlinetext"}),
}
_NUMBER = re.compile(r"\s*(\d+)(?:\.0*)?\s*", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A file of an uploaded zip that Moodle takes, and whose it becomes."""

    number: str
    stored_as: str  # folder and name in the student's feedback files


def predict_feedback(entry: str, numbers: Container[str]) -> Taken | None:
    """What becomes of `entry` (a file's name in the zip); None: it is ignored without a word.

    `numbers` are the Identifiers of the assignment or, where teams hand in, the groups'. Some part of the
    path must be `anything_NUMBER_plugintype_plugin`; what follows is the file's own path
    (mod/assign/feedback/file/importziplib.php).
    """
    steps = [step for step in entry.replace("\\", "/").split("/") if step not in ("", ".")]
    if not steps or entry.endswith(("/", "\\")) or steps[-1].startswith((".", "~")):
        return None
    for at, step in enumerate(steps):
        pieces = step.split("_", 4)
        if len(pieces) < 4:
            continue
        _, number, kind, plugin = pieces[:4]
        match = _NUMBER.fullmatch(number)
        if match is None or str(int(match[1])) not in numbers or plugin not in _PLUGINS.get(kind.lower(), ()):
            continue
        # unpacking a zip, unlike anything else, Moodle writes accents as one character
        path = [
            clean_file(unicodedata.normalize("NFC", part)) for part in (*pieces[4:], *steps[at + 1 :]) if part
        ]
        if path and all(path):
            return Taken(number=str(int(match[1])), stored_as="/" + "/".join(path))
    return None
