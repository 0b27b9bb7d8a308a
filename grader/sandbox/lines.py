"""Frames to and from a stranger over a socket, with a deadline for each."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Mapping
from typing import Any

from grader.worker import wire

CHUNK = 1 << 16  # bytes
SHORT_S = 0.1
_SHORT = struct.pack("ll", 0, int(SHORT_S * 1e6))  # a timeval
# What one answer may hold: a few times that much is needed here to read it.
CAPS = wire.Caps(header_bytes=2 << 20, buffer_bytes=32 << 20)


class Late(Exception):
    """The deadline passed."""


class Line:
    """Our end of a socket pair whose other end a student's process has."""

    def __init__(self, sock: socket.socket, *, ends: tuple[int, ...] = ()) -> None:
        sock.setblocking(True)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _SHORT)
        self._socket = sock
        self._fd = sock.fileno()
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        for fd in ends:  # descriptors that become readable when the other side is gone
            self._poll.register(fd, select.POLLIN)
        self._until = 0.0
        self._unread = bytearray()

    def fileno(self) -> int:
        """Of the socket."""
        return self._fd

    def allow(self, seconds: float) -> None:
        """All that follows must be done within this time."""
        self._until = time.monotonic() + seconds

    def send(self, message: Mapping[str, object]) -> None:
        """One frame. Raises OSError or Late."""
        self.send_frame(packed(message))

    def send_with_fd(self, fd: int, content: bytes) -> None:
        """One byte that carries `fd`, and some bytes, at once. Raises OSError."""
        socket.send_fds(self._socket, [b"." + content], [fd], socket.MSG_DONTWAIT)

    def send_frame(self, frame: bytes) -> None:
        """One frame. Raises OSError or Late."""
        sent = 0
        while sent < len(frame):
            try:
                rest = memoryview(frame)[sent:] if sent else frame
                sent += self._socket.send(rest, socket.MSG_DONTWAIT)
            except BlockingIOError:
                self._wait_for_room()

    def receive(self) -> Mapping[str, Any]:
        """The next frame, a dict. Raises EOFError, OSError, Late, WireError."""
        return message_of(self.receive_frame())

    def receive_frame(self) -> bytes:
        """The next frame, not read yet. Raises EOFError, OSError, Late, WireError."""
        if not self._unread:
            data = self._read()
            if len(data) >= wire.HEAD and len(data) == wire.size_of(data, CAPS):
                return data
            self._unread += data
        self._read_up_to(wire.HEAD)
        size = wire.size_of(self._unread, CAPS)
        self._read_up_to(size)
        frame = bytes(self._unread[:size])
        del self._unread[:size]
        return frame

    def end_with(self, fd: int) -> None:
        """Take the other side as gone, too, when `fd` becomes readable."""
        self._poll.register(fd, select.POLLIN)

    def has_frame(self) -> bool:
        """Is there something to be received now?"""
        return bool(self._unread) or self._is_readable(0.0)

    def close(self) -> None:
        """Our end."""
        self._socket.close()

    def _left_s(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise Late
        return left

    def _wait_for_room(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLOUT)
        poll.poll(self._left_s() * 1000)

    def _is_readable(self, seconds: float) -> bool:
        """Is there something to be read? Raises EOFError when not, and the other side is gone.

        The end of the stream is not enough: a process that it left behind can hold it open.
        """
        ready = self._poll.poll(seconds * 1000)
        if not ready:
            return False
        if ready[0][0] != self._fd and all(fd != self._fd for fd, _ in ready):
            raise EOFError
        return True

    def _read_up_to(self, size: int) -> None:
        """More of what comes, until `size` bytes are there: grows with what comes, not with what is said."""
        while (missing := size - len(self._unread)) > 0:
            self._unread += self._read(missing)

    def _read(self, wanted: int = 0) -> bytes:
        """What there is, at least a byte; a frame mostly comes whole.

        Mostly soon, too: for a short while one system call waits for it and reads it. After that, and near
        the end of the time allowed, it is asked whether anybody is still there.
        """
        is_soon = self._left_s() > SHORT_S
        while True:
            if not is_soon and not self._is_readable(self._left_s()):
                raise Late
            is_soon = False
            try:
                data = self._socket.recv(min(max(wanted, CHUNK), 1 << 20))
            except BlockingIOError:
                continue
            if not data:
                raise EOFError
            return data


def message_of(frame: bytes) -> Mapping[str, Any]:
    """What a frame says, a dict. Raises WireError."""
    value = wire.decode(frame)
    if not isinstance(value, dict):
        raise wire.WireError("not a message")
    return value


def packed(message: Mapping[str, object]) -> bytes:
    """The frame for a message."""
    try:
        return wire.encode(dict(message))
    except wire.WireError as error:  # what we cannot send is our fault, not the student's
        raise TypeError(str(error)) from error
