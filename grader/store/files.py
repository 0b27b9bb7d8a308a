"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from grader.errors import StoreError

_AGAIN = "and run the same command again; it goes on where it stopped"
_FULL = f"free some space, {_AGAIN}"
_FORBIDDEN = "give yourself the right to write there, or name another folder"
_FIXES = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: _FORBIDDEN,
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.ENAMETOOLONG: "choose a shorter name",
}


def write_file(path: Path, pieces: Iterable[str | bytes]) -> int:
    """Write `pieces` to `path` so that a reader, now or after a power cut, finds the old file or the new.

    Gives the size in bytes. Raises StoreError when the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".partial", dir=path.parent)
    except OSError as error:
        raise unwritable(path, error) from error
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece if isinstance(piece, bytes) else piece.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        partial.chmod(0o644 & ~_umask())
        partial.replace(path)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise unwritable(path, error) from error
        raise
    return size


def sweep(folder: Path) -> None:
    """Remove what a killed run left half written; call it only where nobody else writes."""
    for partial in folder.rglob(".*.partial"):
        partial.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError) -> StoreError:
    """What the system said about a file or folder of ours, as a sentence."""
    fix = _FIXES.get(error.errno or 0, f"free some space or mend its folder, {_AGAIN}")
    return StoreError(f"{path} cannot be written ({error.strerror or error})", fix)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
