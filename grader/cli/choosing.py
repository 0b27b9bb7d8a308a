"""What a student means who names only a file, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from grader.assignment import list_assignments
from grader.errors import SourceError


def only_assignment(file: Path | None, places: Sequence[Path]) -> Path:
    """The folder of the assignment that is meant: the only one, or the one that the file is named after."""
    if file is not None:
        here = file.resolve().parent
        places = (*places, *(p / "assignments" for p in (here, *here.parents)))
    folders = list_assignments(places)
    if not folders:
        raise SourceError(
            "there is no assignment here",
            "change to the folder that you unpacked, or name the assignment first",
        )
    named = [f for f in folders if file is not None and f.name in file.stem.lower()]
    found = folders if len(folders) == 1 else named
    if len(found) != 1:
        names = ", ".join(f.name for f in folders)
        raise SourceError(
            f"there are several assignments here ({names})",
            f"say which one: grader check {folders[0].name} {file.name if file else 'FILE'}",
        )
    return found[0]


def newest_file(folder: Path, wanted: Sequence[str]) -> Path:
    """The file saved last among those that the assignment looks for."""
    files = [p for p in folder.iterdir() if p.is_file()]
    for patterns in (wanted[:2], wanted):  # those with the assignment's name come first
        found = [p for p in files if any(fnmatch(p.name, pattern) for pattern in patterns)]
        if found:
            return max(found, key=lambda p: (p.stat().st_mtime_ns, p.name))
    raise SourceError(f"there is no notebook and no module in {folder}", "name your file")
