"""What a student's code prints: counted, and the first of it kept."""

from __future__ import annotations

KEPT_BYTES = 256 << 10


class Printed:
    """A bounded memory of a stream."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._count = 0

    def add(self, data: bytes) -> int:
        """Take note of `data`; the number of bytes since `renew`."""
        self._kept += data[: max(0, KEPT_BYTES - len(self._kept))]
        self._count += len(data)
        return self._count

    def renew(self) -> None:
        """Count afresh."""
        self._count = 0

    @property
    def text(self) -> str:
        """The first of it all."""
        return self._kept.decode("utf-8", "replace")
