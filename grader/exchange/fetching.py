"""Submissions by web services, into a zip of the form that Moodle itself gives, with exact times."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.errors import MoodleError
from grader.exchange.client import Service
from grader.model import Text, text
from grader.moodle.assembling import Download, Piece, assemble
from grader.moodle.roster import ROSTER_NAME
from grader.moodle.webservice import (
    RemoteAssignment,
    RemoteFile,
    read_assignments,
    read_feedback,
    read_mappings,
    read_participants,
    read_submissions,
)

_MAX_FILE_BYTES = 1 << 30
_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came of a fetch."""

    path: Path
    assignment: str
    participants: int
    files: int
    warnings: tuple[Text, ...] = ()


def find_assignment(service: Service, number: int) -> RemoteAssignment:
    """The assignment whose page has `id=NUMBER` in its address; of all that the token's user can see."""
    known = read_assignments(service.ask("mod_assign_get_assignments"))
    for assignment in known:
        if assignment.cmid == number:
            return assignment
    there = ", ".join(f"{one.cmid} ({one.name})" for one in known[:10]) or "none"
    raise MoodleError(
        f"there is no assignment {number} for this token",
        f"take the number after id= in its address: {there}",
    )


def fetch(
    service: Service, number: int, target: Path, *, tell: Callable[[int, int], None] = lambda done, of: None
) -> Fetched:
    """Download all submissions of assignment `number` into the zip `target`; an interrupted one goes on."""
    assignment = find_assignment(service, number)
    download = _listing(service, assignment)
    if download.unnumbered:
        raise MoodleError(
            f"Moodle has not numbered {len(download.unnumbered)} participants yet, among them "
            f"{download.unnumbered[0]}",
            "download the grading worksheet once, which numbers everybody, and fetch again",
        )
    store = target.with_name(f"{target.name}.parts")
    store.mkdir(parents=True, exist_ok=True)
    for done, piece in enumerate(download.pieces):
        tell(done, len(download.pieces))
        if piece.file is not None:
            _keep(service, piece.file, store)
    tell(len(download.pieces), len(download.pieces))
    with _replacing(target) as draft, zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(ROSTER_NAME, _DATE), download.roster.to_bytes())
        for piece in download.pieces:
            archive.writestr(_info(piece), _bytes(piece, store))
    shutil.rmtree(store)
    return Fetched(
        path=target,
        assignment=assignment.name,
        participants=len(download.roster.rows),
        files=len(download.pieces),
        warnings=_warnings(download),
    )


def _listing(service: Service, assignment: RemoteAssignment) -> Download:
    people = read_participants(
        service.ask("mod_assign_list_participants", assignid=assignment.id, groupid=0, filter="")
    )
    mappings = service.ask("mod_assign_get_user_mappings", assignmentids=[assignment.id])
    submissions = service.ask("mod_assign_get_submissions", assignmentids=[assignment.id])
    extensions: dict[int, datetime] = {}
    for person in people:
        if person.has_extension:
            status = service.ask(
                "mod_assign_get_submission_status", assignid=assignment.id, userid=person.user
            )
            extension = read_feedback(status).extension
            if extension is not None:
                extensions[person.user] = extension
    return assemble(
        assignment,
        people,
        read_mappings(mappings, assignment.id),
        read_submissions(submissions, assignment.id),
        extensions,
    )


def _warnings(download: Download) -> tuple[Text, ...]:
    if not download.ambiguous:
        return ()
    names = ", ".join(download.ambiguous[:10])
    return (text("It is not known in which team these handed in: {names}.", names=names),)


def _kept(file: RemoteFile, store: Path) -> Path:
    mark = f"{file.url} {file.size} {int(file.modified.timestamp())}"
    return store / hashlib.sha256(mark.encode()).hexdigest()


def _keep(service: Service, file: RemoteFile, store: Path) -> None:
    path = _kept(file, store)
    if path.exists() and path.stat().st_size == file.size:
        return
    with _replacing(path) as draft:
        draft.write_bytes(service.download(file, _MAX_FILE_BYTES))


def _bytes(piece: Piece, store: Path) -> bytes:
    return piece.content if piece.file is None else _kept(piece.file, store).read_bytes()


def _info(piece: Piece) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(piece.name, _DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file to write that takes the place of `path` when all went well, at once."""
    draft = path.with_name(f"{path.name}.new")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
