"""A worker without fork: one process loads a submission and answers one check, over its standard streams.

For systems where forking is not to be had. The pipes are moved away from 0 and 1 before student code runs.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
import traceback
from typing import Any

from . import running, serve, wire, workspace
from .seeds import seed


def main() -> None:
    """Load, report, answer one check."""
    source, target = os.dup(0), os.dup(1)
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415 - Windows only

        for fd in (source, target):
            msvcrt.setmode(fd, os.O_BINARY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    sys.argv[:] = ["student"]
    sys.orig_argv[:] = []
    pipes = Pipes(source, target)
    try:
        request = pipes.receive()
        workspace.fill(".", request.pop("files"))
        _limit(request.pop("limits"))
        seed(request.pop("seed"))
        namespace, report = running.load(request)
    except BaseException:
        pipes.send({"broken": traceback.format_exc()[-4000:]})
        os._exit(70)
    pipes.send({"report": report})
    with contextlib.suppress(EOFError):
        order = pipes.receive()
        seed(order["seed"])
        pipes.send({"ready": True})
        serve.serve(pipes.read_exactly, pipes.write, namespace)
    os._exit(0)


class Pipes:
    """Frames over two descriptors."""

    def __init__(self, source: int, target: int) -> None:
        self._source = source
        self._target = target

    def read_exactly(self, size: int) -> bytes:
        """That many bytes; raises EOFError."""
        parts = bytearray()
        while len(parts) < size:
            part = os.read(self._source, min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def write(self, data: bytes) -> None:
        """All of it."""
        left = memoryview(data)
        while left:
            left = left[os.write(self._target, left[: 1 << 20]) :]

    def receive(self) -> Any:
        """The next frame."""
        return wire.read_value(self.read_exactly)

    def send(self, message: dict[str, object]) -> None:
        """One frame."""
        self.write(wire.encode(message))


def _limit(limits: dict[str, Any]) -> None:
    """What this system has of the kernel's limits; none on Windows."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        knows_processes = os.path.isdir("/proc/self")
        if not knows_processes:
            limits["processes"] = 1 << 20  # else it would count all of this user's
        confine = importlib.import_module(f"{__package__}.confine")
        confine.limit({"counts_user": knows_processes}, limits)
