"""Files out of archives that were handed in: bounded in number, size and depth, each in its folder."""

from __future__ import annotations

import bz2
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from grader.load import sevenzip
from grader.model import HandedFile, Text, text

MAX_FILES = 500
MAX_ENTRIES = 5_000  # that are looked at
MAX_FILE_BYTES = 64_000_000
MAX_ALL_BYTES = 100_000_000
MAX_DEPTH = 2  # an archive in an archive, no further
_FAULTS = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError,
    RuntimeError, ValueError, LookupError, struct.error, OverflowError, MemoryError,
)  # fmt: skip
# zip files that are documents of a program, not archives of a student
_DOCUMENTS = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".pages", ".npz", ".pt", ".pth", ".whl", ".keras")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """All files handed in, archives replaced by what they hold."""

    files: tuple[HandedFile, ...]
    notes: tuple[Text, ...] = ()


class _Opening:
    """Files taken so far, and how much room is left for more."""

    def __init__(self) -> None:
        self.files: list[HandedFile] = []
        self.notes: list[Text] = []
        self._count, self._bytes = MAX_FILES, MAX_ALL_BYTES

    def open(self, file: HandedFile, depth: int = 0) -> None:
        """Take a file, or what is in it where it is an archive."""
        members = _members(file) if depth < MAX_DEPTH else None
        if members is None:
            self.files.append(file)
            return
        inside: list[HandedFile] = []
        try:
            for member in members:
                if self._count <= 0 or len(member.content) > self._bytes:
                    self._tell(text("{path} holds too much: not all of it was opened.", path=file.path))
                    break
                self._count -= 1
                self._bytes -= len(member.content)
                inside.append(member)
        except NotImplementedError:
            self.files.append(file)  # told as a kind of archive that is not opened
        except _FAULTS as error:
            self._tell(_fault(file.path, error))
        for member in inside:
            self.open(member, depth + 1)

    def _tell(self, note: Text) -> None:
        self.notes.append(note)


def opened(files: tuple[HandedFile, ...]) -> Opened:
    """The files with every zip, tar and 7z among them opened."""
    opening = _Opening()
    for file in files:
        opening.open(file)
    return Opened(files=tuple(opening.files), notes=tuple(opening.notes))


def _fault(path: str, error: Exception) -> Text:
    if isinstance(error, RuntimeError) and "password" in str(error):
        return text("{path} is locked with a password; hand in the notebook itself.", path=path)
    return text("{path} is a damaged archive: not all of it could be opened.", path=path)


def _members(file: HandedFile) -> Iterator[HandedFile] | None:
    """What an archive holds; None for any other file."""
    content = file.content
    if content.startswith(b"PK\x03\x04") and not file.path.lower().endswith(_DOCUMENTS):
        return _zip_members(file)
    if content.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00")):
        return _packed_members(file)
    if content.startswith(sevenzip.SIGNATURE):
        return _seven_members(file)
    return _tar_members(file, content) if content[257:262] == b"ustar" else None


def _zip_members(file: HandedFile) -> Iterator[HandedFile]:
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        for info in archive.infolist()[:MAX_ENTRIES]:
            path = _inside(file, info.filename)
            if info.is_dir() or not path or info.file_size > MAX_FILE_BYTES:
                continue
            with archive.open(info) as stream:
                yield HandedFile(path=path, content=stream.read(MAX_FILE_BYTES), modified=file.modified)


def _seven_members(file: HandedFile) -> Iterator[HandedFile]:
    for name, content in sevenzip.members(file.content, MAX_FILE_BYTES):
        path = _inside(file, name)
        if path:
            yield HandedFile(path=path, content=content, modified=file.modified)


def _packed_members(file: HandedFile) -> Iterator[HandedFile]:
    content = _unpacked(file.content)
    if content[257:262] == b"ustar":
        yield from _tar_members(file, content)
    else:
        path = PurePosixPath(file.path)
        yield HandedFile(path=str(path.with_suffix("")), content=content, modified=file.modified)


def _unpacked(content: bytes) -> bytes:
    """What a gzip, bzip2 or xz file holds, at most MAX_FILE_BYTES of it."""
    if content.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(31).decompress(content, MAX_FILE_BYTES)
    if content.startswith(b"BZh"):
        return bz2.BZ2Decompressor().decompress(content, MAX_FILE_BYTES)
    return lzma.LZMADecompressor(memlimit=128 << 20).decompress(content, MAX_FILE_BYTES)


def _tar_members(file: HandedFile, content: bytes) -> Iterator[HandedFile]:
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
        for number, member in enumerate(archive):
            path = _inside(file, member.name)
            stream = archive.extractfile(member) if member.isfile() and path else None
            if stream is not None:
                yield HandedFile(path=path, content=stream.read(MAX_FILE_BYTES), modified=file.modified)
            if number >= MAX_ENTRIES:
                return


def _inside(file: HandedFile, name: str) -> str:
    """The path of a member beside its archive; empty where it leads outside."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or parts[0].endswith(("/", ":")) or ".." in parts or not name.isprintable():
        return ""
    return str(PurePosixPath(file.path).parent.joinpath(*parts))[:400]
