"""One grading run per output folder: a lock that the operating system drops when its holder dies."""

from __future__ import annotations

import os
import sys
from io import FileIO
from pathlib import Path
from types import TracebackType

from grader.errors import StoreError
from grader.store.files import unwritable

if sys.platform == "win32":  # pragma: no cover
    import msvcrt
else:
    import fcntl


class RunLock:
    """Held from `__enter__` to `__exit__`, or to the death of the process, whatever kills it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None

    def __enter__(self) -> RunLock:
        try:
            file = self._path.open("ab+", buffering=0)  # what a full disk refused must not come up at closing
        except OSError as error:
            raise unwritable(self._path.parent, error) from error
        try:
            self._claim(file)
        except BaseException:
            file.close()
            raise
        self._file = file
        return self

    def _claim(self, file: FileIO) -> None:
        """Lock the file and note in it whose it is."""
        try:
            _take(file)
        except OSError as error:
            file.seek(0)
            holder = file.read(20).strip()
            who = f" (process {holder.decode()})" if holder.isdigit() else ""
            raise StoreError(
                f"{self._path.parent} is being written by another run of grader{who}",
                "wait until it has ended, or give another output folder",
            ) from error
        try:
            file.truncate(0)
            file.write(f"{os.getpid()}\n".encode())
        except OSError as error:
            raise unwritable(self._path.parent, error) from error

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The file stays: were it removed, two runs could hold locks on two files of one name.
        if self._file is not None:
            self._file.close()
            self._file = None


def _take(file: FileIO) -> None:
    """Lock `file` or raise OSError at once."""
    if sys.platform == "win32":  # pragma: no cover
        file.seek(1 << 20)  # a byte that nobody reads: Windows' locks are mandatory
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
