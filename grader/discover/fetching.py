"""The bytes of one hand-in, within bounds; archives in it are opened."""

from __future__ import annotations

import io
import os
import stat
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import BinaryIO

from grader.discover.archives import Refused, is_zip, list_archive, printable, read_part, safe_path, too_large
from grader.discover.entries import Allowance, Entry, Part, Storage, each_once
from grader.discover.sources import JUNK, is_program
from grader.model import HandedFile, Submission, Text, text
from grader.moodle import Status

_OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")


@dataclass(slots=True)
class _Basket:
    """What has been read so far, and what is left of the allowance."""

    allowance: Allowance
    clock: tzinfo
    left: int
    files: dict[str, HandedFile] = field(default_factory=dict)
    notes: list[Text] = field(default_factory=list)

    def put(self, file: HandedFile) -> None:
        parents = [file.path[:at] for at, character in enumerate(file.path) if character == "/"]
        if (
            file.path in self.files
            or any(parent in self.files for parent in parents)
            or any(path.startswith(f"{file.path}/") for path in self.files)
        ):
            self.notes.append(text("{path} is there twice; the first was taken.", path=printable(file.path)))
            return
        if len(self.files) >= self.allowance.files:
            raise Refused(text("More than {count} files: the rest was left out.", count=self.allowance.files))
        self.files[file.path] = file

    def bound(self, path: str, size: int) -> None:
        if size > self.allowance.file_bytes:
            raise Refused(too_large(path, size))
        if size > self.left:
            raise Refused(
                text("{path} was left out: all files together are too large.", path=printable(path))
            )


def fetch(
    entry: Entry,
    *,
    allowance: Allowance | None = None,
    open_archives: bool = True,
    clock: tzinfo = UTC,
) -> Submission:
    """The submission of `entry` with its bytes. Whatever was handed in, this gives a submission.

    What cannot be taken (too large, damaged, a link, out of its folder) is left out with a note. `clock` is
    where the times in students' own archives are taken to have been read.
    """
    allowance = allowance or Allowance()
    basket = _Basket(allowance=allowance, clock=clock, left=allowance.total_bytes)
    with ExitStack() as opened:
        files: dict[str, BinaryIO] = {}
        for part in sorted(entry.parts, key=lambda part: not is_program(part.path)):
            try:
                content = _read(part, files, opened, basket)
                _take(
                    HandedFile(path=part.path, content=content, modified=part.modified), basket, open_archives
                )
            except Refused as refused:
                basket.notes.append(refused.reason)
    order = {part.path: at for at, part in enumerate(entry.parts)}
    handed = sorted(basket.files.values(), key=lambda file: _place(file.path, order))
    return Submission(
        key=entry.key,
        name=entry.name,
        identifier=entry.identifier,
        files=tuple(handed),
        handed_in=entry.handed_in,
        extension=entry.extension,
        notes=each_once((*entry.notes, *basket.notes)),
        problem=entry.problem or _problem(entry, basket),
        is_draft=entry.status is Status.DRAFT,
    )


def _place(path: str, order: dict[str, int]) -> tuple[int, str]:
    at = order.get(path)
    if at is None:
        at = next((order[outer] for outer in order if path.startswith(f"{outer}/")), len(order))
    return at, path


def _problem(entry: Entry, basket: _Basket) -> Text:
    if not entry.parts and not entry.notes:
        return Text()
    if basket.files or (not entry.parts and not any("refused" in note.template for note in entry.notes)):
        return Text()
    return text("None of the files handed in can be read.")


def _read(part: Part, files: dict[str, BinaryIO], opened: ExitStack, basket: _Basket) -> bytes:
    basket.bound(part.path, part.size)
    limit = min(basket.left, basket.allowance.file_bytes)
    gone = Refused(text("{path} cannot be read any more.", path=printable(part.path)))
    try:
        if part.storage is Storage.ZIP:
            if part.source not in files:
                files[part.source] = opened.enter_context(_open(part.source))
            content = read_part(files[part.source], part, limit=limit)
        else:
            with _open(part.source) as file:
                content = file.read(limit + 1)
    except OSError as error:
        raise gone from error
    if len(content) > limit:
        raise Refused(too_large(part.path, len(content)))
    basket.left -= len(content)
    return content


def _open(path: str) -> BinaryIO:
    """An ordinary file, opened without following a link at its end."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return os.fdopen(descriptor, "rb")


def _take(file: HandedFile, basket: _Basket, open_archives: bool, depth: int = 0) -> None:
    """Put `file` into the basket; in place of a zip, what is in it."""
    if file.path.lower().endswith(_OTHER_ARCHIVES):
        basket.notes.append(
            text("{path} cannot be opened here: of archives, only .zip is read.", path=printable(file.path))
        )
    if not (open_archives and is_zip(file.content) and file.path.lower().endswith(".zip")):
        basket.put(file)
        return
    if depth >= basket.allowance.archive_depth:
        basket.notes.append(
            text("{path} was not opened: it is a zip in a zip in a zip.", path=printable(file.path))
        )
        basket.put(file)
        return
    try:
        _unpack(file, basket, depth)
    except Refused as refused:
        basket.notes.append(
            text("{path} could not be opened. {why}", path=printable(file.path), why=refused.reason)
        )
        basket.put(file)


def _unpack(archive: HandedFile, basket: _Basket, depth: int) -> None:
    source = io.BytesIO(archive.content)
    listed = list(
        list_archive(source, archive.path, basket.clock, max_entries=basket.allowance.archive_entries)
    )
    junk = [item for item in listed if JUNK.intersection(item.name.split("/"))]
    wanted = [item for item in listed if not JUNK.intersection(item.name.split("/"))]
    taken = len(basket.files)
    for item in sorted(wanted, key=lambda item: not is_program(item.name)):
        try:
            if item.part is None:
                raise Refused(item.refusal)
            inner = safe_path(item.name, basket.allowance)
            path = safe_path(f"{archive.path}/{inner}", basket.allowance)
            basket.bound(path, item.part.size)
            content = read_part(source, replace(item.part, path=path), limit=basket.left)
            basket.left -= len(content)
            _take(
                HandedFile(path=path, content=content, modified=item.part.modified), basket, True, depth + 1
            )
        except Refused as refused:
            basket.notes.append(refused.reason)
            if len(basket.notes) > 50:
                break
    basket.notes.append(
        text(
            "{path} was opened: {count} file(s).",
            path=printable(archive.path),
            count=len(basket.files) - taken,
        )
    )
    if junk:
        basket.notes.append(
            text(
                "{count} file(s) in {path} that are no work of yours were left out.",
                count=len(junk),
                path=printable(archive.path),
            )
        )
