"""The folder in which a student's code runs: fill it, empty it."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable


def fill(folder: str, files: Iterable[tuple[str, bytes]]) -> None:
    """Write what was handed in; paths that leave the folder are refused."""
    for path, content in files:
        parts = path.split("/")
        if path.startswith("/") or any(p in ("", ".", "..") for p in parts):
            raise ValueError(f"path {path!r}")
        target = os.path.join(folder, *parts)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as file:
            file.write(content)


def remove(folders: Iterable[str]) -> None:
    """Empty each folder and remove it, where that is allowed: the host may have died, and cannot."""
    for folder in folders:
        with contextlib.suppress(OSError):
            empty(folder)
            os.rmdir(folder)


def empty(folder: str) -> None:
    """Remove all that lies in `folder`, however deep and whatever its rights.

    Nested folders are moved up first, so that neither paths nor recursion grow with the depth.
    """
    number = 0
    pending = os.listdir(folder)
    while pending:
        path = os.path.join(folder, pending.pop())
        mode = os.lstat(path).st_mode
        if not stat.S_ISDIR(mode):
            os.unlink(path)
            continue
        os.chmod(path, 0o700)
        for name in os.listdir(path):
            inner = os.path.join(path, name)
            if not stat.S_ISDIR(os.lstat(inner).st_mode):
                os.unlink(inner)
                continue
            os.chmod(inner, 0o700)  # moving a folder writes its entry ".."
            number += 1
            moved = f"moved-{number}"
            while os.path.lexists(os.path.join(folder, moved)):
                number += 1
                moved = f"moved-{number}"
            os.rename(inner, os.path.join(folder, moved))
            pending.append(moved)
        os.rmdir(path)
