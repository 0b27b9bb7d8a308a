"""Frames to and from a stranger over a socket, with a deadline for each."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Any

from grader.worker import wire

CHUNK = 1 << 16  # bytes
# What one answer may hold: a few times that much is needed here to read it.
CAPS = wire.Caps(header_bytes=4 << 20, buffer_bytes=32 << 20)


class Late(Exception):
    """The deadline passed."""


class Line:
    """Our end of a socket pair whose other end a student's process has."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._until = 0.0
        self._unread = bytearray()  # a frame mostly comes whole: one system call reads it

    def fileno(self) -> int:
        """Of the socket."""
        return self._socket.fileno()

    def allow(self, seconds: float) -> None:
        """All that follows must be done within this time."""
        self._until = time.monotonic() + seconds

    def send(self, message: Mapping[str, object], fds: tuple[int, ...] = ()) -> None:
        """One frame, after one byte that carries `fds` if there are any. Raises OSError or Late."""
        data = memoryview(_frame(message))
        self._arm()
        if fds:
            socket.send_fds(self._socket, [b"."], list(fds))
        while data:
            self._arm()
            try:
                data = data[self._socket.send(data) :]
            except TimeoutError:
                raise Late from None

    def receive(self) -> Mapping[str, Any]:
        """The next frame, a dict. Raises EOFError, OSError, Late, WireError."""
        value = wire.read_frame(self._read_exactly, CAPS)
        if not isinstance(value, dict):
            raise wire.WireError("not a message")
        return value

    def close(self) -> None:
        """Our end."""
        self._socket.close()

    def _arm(self) -> None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Late
        self._socket.settimeout(left)

    def _read_exactly(self, size: int) -> bytes:
        while len(self._unread) < size:  # grows with what comes, not with what is announced
            self._arm()
            try:
                part = self._socket.recv(max(CHUNK, min(size - len(self._unread), 1 << 20)))
            except TimeoutError:
                raise Late from None
            if not part:
                raise EOFError
            self._unread += part
        piece = bytes(self._unread[:size])
        del self._unread[:size]
        return piece


def _frame(message: Mapping[str, object]) -> bytes:
    try:
        return wire.encode(dict(message))
    except wire.WireError as error:  # what we cannot send is our fault, not the student's
        raise TypeError(str(error)) from error
