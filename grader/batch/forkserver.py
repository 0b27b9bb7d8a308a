"""A process that is got ready once and that grading processes are copies of.

`multiprocessing` has such a server, too, but one that is started from nothing: it, and then each of its
copies, would import, load and collect once more what the run has in memory already.
"""

from __future__ import annotations

import gc
import os
import pickle
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NoReturn

from grader.batch.processes import Process, serve
from grader.batch.work import Recipe
from grader.errors import SandboxError

Loaded = Callable[[Recipe], Recipe]  # a recipe, in place of which stands one that has what is loaded here
_MESSAGE = 1 << 16
_STATUS = struct.Struct("=i")
_PATIENCE_S = 120.0  # imports on a busy machine
_TELLING_S = 5.0  # until the server says how a copy ended
_CLOSING_S = 0.5


def can_copy() -> bool:
    """Can this process be copied as it is? Locks that another thread holds would be held for ever."""
    if not sys.platform.startswith("linux"):
        return False
    threads = sum(1 for _ in Path("/proc/self/task").iterdir())  # those of linear algebra, too
    return threads == 1


class ForkServer:
    """Gets ready in the background, then forks a grading process whenever one is asked for.

    Parameters
    ----------
    prepare
        Called in the server. What it gives is called in each copy, with the recipe that was asked for.

    Only where `can_copy`. To be closed when no copy is needed any more.
    """

    def __init__(self, prepare: Callable[[], Loaded]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            self._control.close()
            _live(theirs, prepare)
        theirs.close()
        self._control.settimeout(_PATIENCE_S)

    def start(self, recipe: Recipe, channel: Connection, name: str) -> Process:
        """A copy that grades by `recipe` for who holds the other end of `channel`."""
        read, write = os.pipe()
        try:
            socket.send_fds(self._control, [pickle.dumps(recipe)], [channel.fileno(), write])
            _, (pidfd,), _, _ = socket.recv_fds(self._control, _MESSAGE, 1)
        except (OSError, ValueError) as error:
            os.close(read)
            raise SandboxError(
                "the process that grading processes are copied from has died", "repeat the command"
            ) from error
        finally:
            os.close(write)
        return _Copy(pidfd, read)

    def close(self) -> None:
        """End it. Copies that are still there end when the other ends of their channels are closed."""
        self._control.close()  # which it takes as the order to end
        pidfd = os.pidfd_open(self._pid)
        if not _are_readable([pidfd], _CLOSING_S):  # it still gets ready, for nothing
            signal.pidfd_send_signal(pidfd, signal.SIGKILL)
        os.close(pidfd)
        os.waitpid(self._pid, 0)


class _Copy:
    """A grading process whose parent is the fork server, which tells how it ended."""

    def __init__(self, pidfd: int, told: int) -> None:
        self._pidfd = pidfd
        self._told = told
        self._code: int | None = None

    @property
    def exit_code(self) -> int | None:
        """Negative for a signal; None while it lives, and where nobody could tell."""
        return self._code

    def wait(self, seconds: float | None = None) -> bool:
        """Has it ended within this time?"""
        if not _are_readable([self._pidfd], seconds):
            return False
        if self._code is None and _are_readable([self._told], _TELLING_S):
            status = os.read(self._told, _STATUS.size)
            if status:
                self._code = os.waitstatus_to_exitcode(_STATUS.unpack(status)[0])
        return True

    def stop(self, number: signal.Signals) -> None:
        """Send it a signal, if it is still there."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, number)

    def close(self) -> None:
        """Free what it holds here."""
        os.close(self._pidfd)
        os.close(self._told)


def _are_readable(files: Iterable[int], seconds: float | None) -> set[int]:
    """Those of them, after as long as it takes or this time. A pidfd is when its process has ended."""
    poll = select.poll()
    for file in files:
        poll.register(file, select.POLLIN)
    return {file for file, _ in poll.poll(None if seconds is None else 1000 * seconds)}


# --- in the server ----------------------------------------------------------------------------------------


def _live(control: socket.socket, prepare: Callable[[], Loaded]) -> NoReturn:
    """All its life; never returns."""
    try:
        os.setsid()  # Ctrl-C is for the run
        loaded = prepare()
        gc.collect()
        gc.freeze()  # what is there now stays, and its pages stay shared
        _Server(control, loaded).run()
    except BaseException:
        traceback.print_exc()
        os._exit(70)
    os._exit(0)


class _Server:
    """Forks on demand, waits for what it forked."""

    def __init__(self, control: socket.socket, loaded: Loaded) -> None:
        self._control = control
        self._loaded = loaded
        self._copies: dict[int, tuple[int, int]] = {}  # by pidfd: the pid, and where to tell its end

    def run(self) -> None:
        """Until nobody is at the other end."""
        while True:
            control = self._control.fileno()
            ready = _are_readable([control, *self._copies], None)
            for pidfd in ready - {control}:
                self._bury(pidfd)
            if control in ready:
                order, fds, _, _ = socket.recv_fds(self._control, _MESSAGE, 2)
                if not order:
                    return
                self._fork(pickle.loads(order), *fds)

    def _fork(self, recipe: Recipe, channel: int, tell: int) -> None:
        pid = os.fork()
        if pid == 0:
            for pidfd, (_, other) in self._copies.items():
                os.close(pidfd)
                os.close(other)
            os.close(tell)
            self._control.close()
            serve(self._loaded(recipe), Connection(channel))
            os._exit(0)
        os.close(channel)
        pidfd = os.pidfd_open(pid)
        self._copies[pidfd] = (pid, tell)
        socket.send_fds(self._control, [b"started"], [pidfd])

    def _bury(self, pidfd: int) -> None:
        pid, tell = self._copies.pop(pidfd)
        _, status = os.waitpid(pid, 0)
        with suppress(OSError):
            os.write(tell, _STATUS.pack(status))
        os.close(tell)
        os.close(pidfd)
