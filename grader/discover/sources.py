"""What lies in a zip, a folder or a file: hand-ins with their owners, not yet matched with a class list."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from grader.discover.archives import Listed, Refused, list_archive, printable, read_part, safe_path
from grader.discover.entries import Allowance, Part, Storage
from grader.errors import SourceError
from grader.model import Text, text
from grader.moodle import parse_entry
from grader.moodle.roster import ROSTER_NAME

PROGRAMS = (".ipynb", ".py", ".zip")
JUNK = frozenset(
    {"__MACOSX", ".git", ".hg", ".svn", ".venv", "venv", "__pycache__", "node_modules", ".DS_Store"}
)
_IGNORED = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})


@dataclass(slots=True)
class Found:
    """The files of one owner. Filled while a source is read, not handed on."""

    name: str
    number: str | None
    parts: list[Part] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    is_moodle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What one SOURCE of the command line holds."""

    found: tuple[Found, ...]
    warnings: tuple[Text, ...] = ()
    is_moodle: bool = False
    roster: bytes | None = None  # who is in the class, with exact times: `grader moodle fetch` puts it in


def read_source(path: Path, clock: tzinfo, allowance: Allowance) -> Source:
    """The hand-ins in `path`; raises SourceError when nothing can be made of it."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _read_folder(path, allowance)
        if not stat.S_ISREG(mode):
            raise SourceError(
                f"{path} is neither a file nor a folder", "give a Moodle zip, a folder or files"
            )
        if path.suffix.lower() == ".zip":
            return _read_zip(path, clock, allowance)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read ({error.strerror})", "check the path and its permissions"
        ) from error
    return Source(found=(_single(path),))


def _single(path: Path) -> Found:
    found = Found(name=path.stem, number=None)
    _add_file(found, path, path.name)
    return found


# --- zips ---------------------------------------------------------------------------------------------------


def _read_zip(path: Path, clock: tzinfo, allowance: Allowance) -> Source:
    with path.open("rb") as file:
        try:
            listed = list(list_archive(file, str(path), clock))
        except Refused as refused:
            raise SourceError(f"{path} is not a readable zip", "download it again from Moodle") from refused
        roster = next((item.part for item in listed if item.name == ROSTER_NAME and item.part), None)
        if roster is not None:
            return replace(_moodle_zip(listed, "", allowance), roster=_read_roster(file, roster))
    wrapper = _wrapper([item.name for item in listed])
    if any(parse_entry(item.name[len(wrapper) :]) for item in listed):
        return _moodle_zip(listed, wrapper, allowance)
    if _is_class([item.name[len(wrapper) :] for item in listed]):
        return _folders_in_zip(listed, wrapper, allowance)
    return Source(found=(_single(path),))


def _read_roster(file: object, part: Part) -> bytes:
    try:
        return read_part(file, part, limit=32 << 20)  # type: ignore[arg-type]
    except Refused as refused:
        raise SourceError(
            f"{ROSTER_NAME} in the zip is damaged", "run `grader moodle fetch` again"
        ) from refused


def _wrapper(names: list[str]) -> str:
    """The folder, with its slash, in which everything lies: someone packed the unpacked zip again."""
    firsts = {name.partition("/")[0] for name in names if not _is_ignored(name)}
    if len(firsts) != 1:
        return ""
    (first,) = firsts
    inside = all("/" in name for name in names if not _is_ignored(name))
    return f"{first}/" if inside and parse_entry(first) is None else ""


def _is_ignored(name: str) -> bool:
    return any(step in _IGNORED for step in name.split("/"))


def _is_class(names: list[str]) -> bool:
    """Are these the folders of several students, rather than the work of one?"""
    names = [name for name in names if not _is_ignored(name)]
    return bool(names) and not any("/" not in name and name.lower().endswith(PROGRAMS) for name in names)


def _moodle_zip(listed: Iterable[Listed], wrapper: str, allowance: Allowance) -> Source:
    found: dict[tuple[str | None, str], Found] = {}
    strangers: list[str] = []
    flat = False
    for item in listed:
        entry = parse_entry(item.name[len(wrapper) :]) if item.name.startswith(wrapper) else None
        if entry is None or not entry.path:
            if not _is_ignored(item.name) and item.name != ROSTER_NAME:
                strangers.append(item.name)
            continue
        flat = flat or entry.flat
        owner = entry.owner
        key = (owner.number, "" if owner.number is not None else owner.name)
        name = printable(owner.name, 500)
        whose = found.setdefault(key, Found(name=name, number=owner.number, is_moodle=True))
        below = entry.path if owner.plugin == "file" else f"{owner.plugin}/{entry.path}"
        _add_listed(whose, item, below, allowance)
    _bound(found.values(), allowance)
    return Source(found=tuple(found.values()), warnings=_about_moodle(strangers, flat=flat), is_moodle=True)


def _about_moodle(strangers: list[str], *, flat: bool) -> tuple[Text, ...]:
    warnings: tuple[Text, ...] = ()
    if flat:
        warnings += (
            text(
                "The zip was downloaded without folders: of two files of one name in different folders, "
                "Moodle kept one. Download it again with “Download submissions in folders”."
            ),
        )
    if strangers:
        shown = ", ".join(printable(name) for name in strangers[:5])
        warnings += (
            text(
                "{count} file(s) belong to nobody and were left out: {names}.",
                count=len(strangers),
                names=shown,
            ),
        )
    return warnings


def _folders_in_zip(listed: Iterable[Listed], wrapper: str, allowance: Allowance) -> Source:
    found: dict[str, Found] = {}
    loose: list[str] = []
    for item in listed:
        first, _, below = item.name[len(wrapper) :].partition("/")
        if _is_ignored(item.name):
            continue
        if not below or first in ("", ".", ".."):
            loose.append(item.name)
            continue
        whose = found.setdefault(first, Found(name=printable(first, 500), number=None))
        _add_listed(whose, item, below, allowance)
    _bound(found.values(), allowance)
    return Source(found=tuple(found.values()), warnings=_about_moodle(loose, flat=False))


def _add_listed(whose: Found, item: Listed, below: str, allowance: Allowance) -> None:
    if item.part is None:
        whose.notes.append(item.refusal)
        return
    try:
        whose.parts.append(replace(item.part, path=safe_path(below, allowance)))
    except Refused as refused:
        whose.notes.append(refused.reason)


# --- folders ------------------------------------------------------------------------------------------------


def _read_folder(path: Path, allowance: Allowance) -> Source:
    children = _children(path)
    if len(children) == 1 and children[0].is_dir() and parse_entry(children[0].name) is None:
        inner = _children(children[0])
        if any(parse_entry(child.name) for child in inner):
            children = inner
    if any(parse_entry(child.name) for child in children):
        return _moodle_folder(children, allowance)
    found: dict[str, Found] = {}
    others: list[str] = []
    for child in children:
        if child.is_dir() and not child.is_symlink():
            _walk(found.setdefault(child.name, Found(name=child.name, number=None)), child, "", allowance)
        elif child.suffix.lower() in PROGRAMS:
            _add_file(found.setdefault(child.stem, Found(name=child.stem, number=None)), child, child.name)
        else:
            others.append(child.name)
    _bound(found.values(), allowance)
    return Source(found=tuple(found.values()), warnings=_about_moodle(others, flat=False))


def _children(path: Path) -> list[Path]:
    return sorted(
        child for child in path.iterdir() if not child.name.startswith(".") and child.name not in JUNK
    )


def _moodle_folder(children: Iterable[Path], allowance: Allowance) -> Source:
    found: dict[tuple[str | None, str], Found] = {}
    strangers: list[str] = []
    flat = False
    for child in children:
        entry = parse_entry(child.name)
        if entry is None:
            strangers.append(child.name)
            continue
        owner = entry.owner
        key = (owner.number, "" if owner.number is not None else owner.name)
        whose = found.setdefault(key, Found(name=printable(owner.name), number=owner.number, is_moodle=True))
        prefix = "" if owner.plugin == "file" else f"{owner.plugin}/"
        if child.is_dir() and not child.is_symlink():
            _walk(whose, child, prefix, allowance)
        elif entry.path:
            flat = True
            _add_file(whose, child, prefix + entry.path)
    _bound(found.values(), allowance)
    return Source(found=tuple(found.values()), warnings=_about_moodle(strangers, flat=flat), is_moodle=True)


def _walk(whose: Found, folder: Path, prefix: str, allowance: Allowance) -> None:
    """All files below `folder`, in the order of their names; links are refused, never followed."""
    for path, below in _files(folder, allowance.path_depth):
        if len(whose.parts) >= allowance.archive_entries:
            whose.notes.append(
                text("More than {count} files: the rest was left out.", count=allowance.archive_entries)
            )
            return
        try:
            _add_file(whose, path, safe_path(prefix + below, allowance))
        except Refused as refused:
            whose.notes.append(refused.reason)


def _files(folder: Path, depth: int) -> Iterator[tuple[Path, str]]:
    with os.scandir(folder) as listing:
        children = sorted(listing, key=lambda child: child.name)
    for child in children:
        if child.name in JUNK:
            continue
        if child.is_dir(follow_symlinks=False):
            if depth > 0:
                yield from (
                    (path, f"{child.name}/{below}") for path, below in _files(Path(child.path), depth - 1)
                )
        else:
            yield Path(child.path), child.name


def _add_file(whose: Found, path: Path, below: str) -> None:
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        whose.notes.append(text("{path} was refused: it is a link, not a file.", path=printable(below)))
        return
    whose.parts.append(
        Part(
            path=below,
            storage=Storage.FILE,
            source=str(path),
            size=status.st_size,
            modified=datetime.fromtimestamp(int(status.st_mtime), UTC),
        )
    )


# --- both ---------------------------------------------------------------------------------------------------


def is_program(path: str) -> bool:
    """May this be what was asked for, rather than data or decoration?"""
    return path.lower().endswith(PROGRAMS)


def _bound(found: Iterable[Found], allowance: Allowance) -> None:
    """Drop what is too many or there twice, programs last; say so."""
    for whose in found:
        whose.parts = _without_twins(whose)
        if len(whose.parts) > allowance.files:
            whose.notes.append(
                text(
                    "{count} files were handed in; only {kept} were read.",
                    count=len(whose.parts),
                    kept=allowance.files,
                )
            )
            whose.parts = sorted(whose.parts, key=lambda part: not is_program(part.path))[: allowance.files]
        if len(whose.notes) > 20:
            more = text("… and {count} more of this kind.", count=len(whose.notes) - 20)
            whose.notes = [*whose.notes[:20], more]


def _without_twins(whose: Found) -> list[Part]:
    kept: dict[str, Part] = {}
    folders: set[str] = set()
    for part in whose.parts:
        parents = [part.path[:at] for at, character in enumerate(part.path) if character == "/"]
        if part.path in kept or part.path in folders or any(parent in kept for parent in parents):
            whose.notes.append(text("{path} is there twice; the first was taken.", path=printable(part.path)))
            continue
        kept[part.path] = part
        folders.update(parents)
    return list(kept.values())
