"""Zip files from strangers: what is in them, and the bytes of one entry, within bounds."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import BinaryIO

from grader.discover.entries import Allowance, Part, Storage
from grader.model import Text, text

_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
_END = struct.Struct("<4s4H2IH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_END_SEARCH = _END.size + (1 << 16)
_UTF8 = 0x800
_ENCRYPTED = 0x1
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")
MAX_DIRECTORY_BYTES = 128 << 20  # of the central directory of a class's archive


class Refused(Exception):
    """One file or archive cannot be taken; `args[0]` is the Text that says why."""

    @property
    def reason(self) -> Text:
        """Why."""
        reason = self.args[0]
        return reason if isinstance(reason, Text) else text("{words}", words=str(reason))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One entry of an archive: a file that may be read, or why it may not."""

    name: str  # as the archive says, separators turned to "/"
    part: Part | None
    refusal: Text = Text()


def safe_path(name: str, allowance: Allowance) -> str:
    """`name` as a relative posix path that stays in its folder; raises Refused otherwise."""
    path = name.replace("\\", "/")
    shown = printable(path)
    if path.startswith("/") or _DRIVE.match(path) or ".." in path.split("/"):
        raise Refused(text("{path} was refused: it points out of its folder.", path=shown))
    steps = [step for step in path.split("/") if step not in ("", ".")]
    if not steps or _CONTROLS.search(path):
        raise Refused(text("{path} was refused: it is no file name.", path=shown))
    clean = "/".join(steps).encode("utf-8", "replace").decode("utf-8")
    if len(clean) > allowance.path_length or len(steps) > allowance.path_depth:
        raise Refused(text("{path} was refused: its path is too long.", path=shown))
    return clean


def printable(name: str, limit: int = 120) -> str:
    """`name` so that it can be shown: no control characters, no lone surrogates, cut to `limit`."""
    shown = _CONTROLS.sub("�", name).encode("utf-8", "replace").decode("utf-8")
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def is_zip(head: bytes) -> bool:
    """Do these first bytes look like a zip (an empty one too)?"""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def list_archive(
    file: BinaryIO, source: str, clock: tzinfo, *, max_entries: int | None = None
) -> Iterator[Listed]:
    """The files in the archive, paths not yet judged. Raises Refused when it cannot be listed at all.

    `clock` is where the times in it were read.
    """
    _bound_directory(file, max_entries)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (
        zipfile.BadZipFile,
        ValueError,
        OSError,
        NotImplementedError,
        struct.error,
        UnicodeError,
    ) as error:
        raise Refused(
            text("{path} is no readable zip.", path=printable(source.rpartition("/")[2]))
        ) from error
    for member in members:
        if not _name(member).endswith("/"):
            yield _listed(member, source, clock)


def _bound_directory(file: BinaryIO, max_entries: int | None) -> None:
    """Refuse an archive whose directory is too large to be read, before reading it."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - _END_SEARCH))
    tail = file.read(_END_SEARCH)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        raise Refused(text("It is no zip, or only the beginning of one."))
    fields = _END.unpack_from(tail, at)
    entries, directory_bytes = fields[4], fields[5]
    locator = tail[at - _END64_LOCATOR.size : at] if at >= _END64_LOCATOR.size else b""
    if locator.startswith(b"PK\x06\x07"):
        file.seek(min(_END64_LOCATOR.unpack(locator)[2], end))
        record = file.read(_END64.size)
        if len(record) < _END64.size:
            raise Refused(text("It is no zip, or only the beginning of one."))
        entries, directory_bytes = _END64.unpack(record)[7:9]
    if max_entries is not None and (entries > max_entries or directory_bytes > max_entries * 512):
        raise Refused(text("It was not opened: it holds more than {count} files.", count=max_entries))
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise Refused(text("It was not opened: its table of contents is too large."))
    file.seek(0)


def _listed(member: zipfile.ZipInfo, source: str, clock: tzinfo) -> Listed:
    name = _name(member)
    kind = stat.S_IFMT(member.external_attr >> 16) if member.create_system == 3 else 0
    shown = printable(name)
    if kind not in (0, stat.S_IFREG):
        return Listed(
            name=name, part=None, refusal=text("{path} was refused: it is a link, not a file.", path=shown)
        )
    if member.flag_bits & _ENCRYPTED:
        return Listed(
            name=name, part=None, refusal=text("{path} was refused: it needs a password.", path=shown)
        )
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Listed(
            name=name,
            part=None,
            refusal=text("{path} was refused: it is packed in an unusual way.", path=shown),
        )
    part = Part(
        path=name,
        storage=Storage.ZIP,
        source=source,
        size=member.file_size,
        modified=_modified(member, clock),
        offset=member.header_offset,
        packed=member.compress_size,
        method=member.compress_type,
        crc=member.CRC,
        flags=member.flag_bits,
    )
    return Listed(name=name, part=part)


def _name(member: zipfile.ZipInfo) -> str:
    """The name of an entry; UTF-8 also where the archive forgot to say so, as macOS and old tools do."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/")


def _modified(member: zipfile.ZipInfo, clock: tzinfo) -> datetime | None:
    try:
        return datetime(*member.date_time, tzinfo=clock).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_part(file: BinaryIO, part: Part, *, limit: int) -> bytes:
    """The bytes of one entry, at most `limit`; raises Refused when they are not what was declared."""
    shown = printable(part.path)
    damaged = Refused(text("{path} is damaged in the zip; it was left out.", path=shown))
    if part.size > limit:
        raise Refused(too_large(part.path, part.size))
    try:
        file.seek(part.offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or header[:4] != b"PK\x03\x04":
            raise damaged
        fields = _LOCAL_HEADER.unpack(header)
        file.seek(part.offset + _LOCAL_HEADER.size + fields[9] + fields[10])
    except (ValueError, OverflowError) as error:  # an offset before the beginning, or beyond any file
        raise damaged from error
    if part.method == zipfile.ZIP_STORED:
        content = file.read(part.size) if part.packed == part.size else b""
    else:
        content = _inflate(file, part)
    if len(content) != part.size or zlib.crc32(content) != part.crc:
        raise damaged
    return content


def _inflate(file: BinaryIO, part: Part) -> bytes:
    """The unpacked bytes, one more than declared at most; as many as there are when the stream is broken."""
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    left, pieces, size = part.packed, [], 0
    try:
        while left > 0 and size <= part.size and not engine.eof:
            chunk = file.read(min(left, 1 << 16))
            if not chunk:
                break
            left -= len(chunk)
            while chunk and size <= part.size:
                piece = engine.decompress(chunk, part.size + 1 - size)
                pieces.append(piece)
                size += len(piece)
                chunk = engine.unconsumed_tail
    except zlib.error:
        return b""
    return b"".join(pieces)


def too_large(path: str, size: int) -> Text:
    """That a file was left out for its size."""
    return text(
        "{path} was left out: with {size} MB it is too large.", path=printable(path), size=f"{size / 1e6:.1f}"
    )
