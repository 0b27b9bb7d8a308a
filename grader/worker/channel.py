"""Frames and descriptors over a socket, from the worker's side."""

from __future__ import annotations

import array
import os
import socket
from collections.abc import Callable, Mapping

from . import wire

MAX_FDS = 4
MAX_MESSAGE = 1 << 16


def reader(source: socket.socket) -> Callable[[int], bytes]:
    """`read_exactly` of `wire.read_value` over a blocking socket."""

    def read_exactly(size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = source.recv(min(size - len(parts), 1 << 20))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    return read_exactly


def buffered_reader(source: socket.socket) -> Callable[[int], bytes]:
    """The same for a socket on which nothing but frames comes: a frame mostly takes one system call."""
    read = source.makefile("rb", buffering=1 << 16).read

    def read_exactly(size: int) -> bytes:
        data: bytes = read(size)
        if len(data) < size:
            raise EOFError
        return data

    return read_exactly


def send(target: socket.socket, value: Mapping[str, object]) -> None:
    """One frame."""
    target.sendall(wire.encode(dict(value)))


def receive_with_fds(source: socket.socket, size: int = MAX_MESSAGE) -> tuple[bytes, list[int]]:
    """What the next recvmsg(2) gives, and the descriptors that came with it, closed on exec."""
    room = socket.CMSG_SPACE(MAX_FDS * array.array("i").itemsize)
    data, ancillary, _, _ = source.recvmsg(size, room, socket.MSG_CMSG_CLOEXEC)
    fds = array.array("i")
    for level, kind, content in ancillary:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            fds.frombytes(content[: len(content) - len(content) % fds.itemsize])
    return data, list(fds)


def send_with_fds(target: socket.socket, data: bytes, fds: list[int]) -> None:
    """`data` and copies of `fds` in one sendmsg(2)."""
    socket.send_fds(target, [data], fds)


def point_at(source: int, targets: tuple[int, ...]) -> None:
    """Let `targets` mean what `source` means, and close `source`."""
    for target in targets:
        os.dup2(source, target)
    if source not in targets:
        os.close(source)
