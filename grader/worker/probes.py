"""The self-test of a sandbox: harmless attempts, made where student code would be.

Each gives True when the attempt succeeded, which is a gap.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

from . import confine

PTRACE_SEIZE = 0x4206  # linux/ptrace.h
PTRACE_DETACH = 17
CLONE_NEWUSER = 0x10000000  # linux/sched.h
TIMEOUT_S = 2.0
_MARGIN = 6  # others of the same user may end meanwhile


def run(plan: dict[str, Any]) -> dict[str, bool]:
    """The result of every attempt; `plan` says where to look and what the limits are."""
    attempts: dict[str, Callable[[], None]] = {
        "read a file outside": lambda: _read(plan["file"]),
        "read a neighbour's file": lambda: _read(plan["neighbour"]),
        "change the rights of a file outside": lambda: os.chmod(plan["file"], 0o666),
        "empty a file outside": lambda: os.close(os.open(plan["file"], os.O_RDONLY | os.O_TRUNC)),
        "write into a file outside": lambda: os.close(os.open(plan["file"], os.O_WRONLY)),
        "write outside": lambda: _write(os.path.join(plan["folder"], "left")),
        "connect to loopback": lambda: _connect(socket.AF_INET, ("127.0.0.1", plan["port"])),
        "connect to an abstract socket": lambda: _connect(socket.AF_UNIX, "\0" + plan["abstract"]),
        "connect to a socket file": lambda: _connect(socket.AF_UNIX, plan["socket"]),
        "signal the zygote": _signal_parent,
        "trace the zygote": _trace_parent,
        "make a user namespace": _new_namespace,
        "start one process too many": lambda: _fork(plan["processes"] + _MARGIN),
        "take one MB too many": lambda: _map(plan["memory_bytes"] + confine.SPARE_BYTES + (1 << 20)),
        "fill the disk": lambda: _fill(plan["disk_bytes"]),
    }
    return {name: _succeeds(attempt) for name, attempt in attempts.items()}


def _succeeds(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError, ValueError):
        return False
    return True


def _read(path: str) -> None:
    with open(path, "rb") as file:
        file.read(1)


def _write(path: str) -> None:
    with open(path, "wb") as file:
        file.write(b"x")


def _connect(family: int, address: str | tuple[str, int]) -> None:
    with socket.socket(family) as sock:
        sock.settimeout(TIMEOUT_S)
        sock.connect(address)


def _signal_parent() -> None:
    parent = os.getppid()
    if parent == 1:  # the first process of our own namespace: it must survive what it may be sent
        os.kill(parent, signal.SIGKILL)
        os.kill(parent, 0)
        raise PermissionError
    os.kill(parent, 0)


def _trace_parent() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getppid()
    if libc.ptrace(PTRACE_SEIZE, parent, None, None) == 0:
        libc.ptrace(PTRACE_DETACH, parent, None, None)
        return
    _read(f"/proc/{parent}/mem")


def _new_namespace() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        raise PermissionError


def _fork(number: int) -> None:
    read, write = os.pipe()
    children = []
    try:
        for _ in range(number):
            pid = os.fork()
            if pid == 0:
                os.close(write)
                os.read(read, 1)  # until the parent closes the other end
                os._exit(0)
            children.append(pid)
    finally:
        os.close(read)
        os.close(write)
        for pid in children:
            os.waitpid(pid, 0)


def _map(size: int) -> None:
    mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()


def _fill(size: int) -> None:
    """Two files that are allowed each, but not together."""
    for n in range(2):
        fd = os.open(f"filling-{n}", os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(fd, 0, size // 2 + (1 << 20))
        finally:
            os.close(fd)
