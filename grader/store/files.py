"""Files that are whole or not there: written beside their place, then moved into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from grader.errors import StoreError


def write_file(path: Path, pieces: Iterable[str | bytes]) -> int:
    """Write `pieces` to `path` so that a reader, now or after a power cut, finds the old file or the new.

    Gives the size in bytes. Raises StoreError when the disk is full or the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=".", suffix=".partial", dir=path.parent)
    except OSError as error:
        raise _sentence(path, error) from error
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
            raise _sentence(path, error) from error
        raise
    return size


def sweep(folder: Path) -> None:
    """Remove what a killed run left half written; call it only where nobody else writes."""
    for partial in folder.rglob(".*.partial"):
        partial.unlink(missing_ok=True)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sentence(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written ({error.strerror or error})",
        "free some space or mend its folder, and run the same command again; it goes on where it stopped",
    )
