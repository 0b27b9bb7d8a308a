"""Notice that a file was saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

_Stamp = tuple[int, int] | None


def changes(file: Path, *, pause: Callable[[], object]) -> Iterator[None]:
    """Yields each time that the file has been saved; asks after each `pause`.

    Editors write a new file and move it over the old one: for a moment there may be none.
    """
    seen = _stamp(file)
    while True:
        pause()
        now = _stamp(file)
        if now is not None and now != seen:
            seen = now
            yield


def _stamp(file: Path) -> _Stamp:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
