"""The process that every student's process is forked from: Python and the modules preloaded, nothing else.

It is started with a socket as standard input and obeys the messages that come there. It holds no file, name
or secret of anybody, has one thread, computes nothing, and ends with all its descendants when the socket
closes. One submission at a time.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from typing import Any

from . import channel, confine, family, kernel, namespaces, submission
from .workspace import empty, remove

PRELOADED_ALWAYS = ("numpy.random", "numpy.linalg", "encodings.idna")
REAP_EVERY_MS = 100
ENDING_MS = 2000  # for a submission that was killed to end by itself, so that it can tell what it used


def main() -> None:
    """Obey until the socket closes."""
    control = socket.socket(fileno=os.dup(0))
    channel.point_at(os.open(os.devnull, os.O_RDWR), (0, 1))
    setup = json.loads(control.recv(channel.MAX_MESSAGE))
    if setup["kept"]:
        keep(control, setup["own"])
    for name in set(os.environ) - set(setup["environment"]):
        del os.environ[name]  # what a shell or bubblewrap added
    sys.argv[:] = ["student"]
    sys.orig_argv[:] = []
    missing = preload(setup["preload"])
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise RuntimeError(f"{threads} threads after the preloaded modules")
    confine.prepare(setup)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    gc.collect()
    gc.freeze()
    Zygote(control, setup).obey(missing)


def keep(control: socket.socket, folders: list[str]) -> None:
    """Go on in a child; this process ends what the child leaves alive if it dies, and then itself.

    In a namespace of processes the kernel does that.
    """
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    keeper = os.getpid()
    zygote = os.fork()
    if zygote == 0:
        kernel.die_with_parent(keeper)
        return
    control.close()
    _, status = os.waitpid(zygote, 0)
    while children := family.children(keeper):
        for pid in children:
            os.kill(pid, signal.SIGKILL)
        os.waitpid(-1, 0)
    if os.WIFSIGNALED(status):
        remove(folders)  # else it has done so itself
    os._exit(0)


def preload(names: list[str]) -> list[str]:
    """Import `names`; those that are not to be had here are given back."""
    missing = []
    for name in (*PRELOADED_ALWAYS, *names):
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append(name)
    return missing


class Zygote:
    """The loop, and the one submission that is there or not."""

    def __init__(self, control: socket.socket, setup: dict[str, Any]) -> None:
        self._control = control
        self._setup = setup
        self._child = 0  # pid of the submission's first process
        self._told = -1  # what its first process says of its end, in namespaces
        self._status = 0
        self._used_s = 0.0  # by those of its processes that were waited for
        self._too_many_files = False

    def obey(self, missing: list[str]) -> None:
        """Answer each message with one message."""
        mine = os.pidfd_open(os.getpid())
        self._answer({"ready": True, "missing": missing}, [mine])
        os.close(mine)
        while True:
            self._wait()
            data, fds = channel.receive_with_fds(self._control)
            if not data:
                self._end_all()
                remove(self._setup["own"])
                return
            message = json.loads(data)
            if message["do"] == "start":
                self._start(message, fds)
            else:
                self._await_end()
                self._end_all()
                empty(self._setup["work"])
                self._answer(
                    {
                        "clean": True,
                        "status": self._status,
                        "used_s": self._used_s,
                        "too_many_files": self._too_many_files,
                    },
                    [],
                )

    def _wait(self) -> None:
        """Until the host speaks; what ends meanwhile is reaped, so that it counts no longer.

        A submission in namespaces has a first process of its own that does this.
        """
        has_own = self._setup["namespaces"]
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        while True:
            self._reap()
            if self._child and self._setup["counts_files"]:
                self._count_files()
            if poll.poll(REAP_EVERY_MS if self._child and not has_own else None):
                return

    def _count_files(self) -> None:
        """End a submission that makes too many files where no mount option limits their number."""
        found = os.statvfs(self._setup["work"])
        if found.f_files - found.f_ffree > namespaces.INODES:
            self._too_many_files = True
            self._end_all()

    def _reap(self) -> None:
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self._bury(pid, status, used.ru_utime + used.ru_stime)

    def _bury(self, pid: int, status: int, used_s: float) -> None:
        """A process of the submission has been waited for."""
        if pid == self._child:
            self._child, self._status = 0, status
            if self._setup["namespaces"]:  # where that process is one of ours: it tells of the others
                told = os.read(self._told, confine.USED.size)
                used_s = confine.USED.unpack(told)[0] if told else 0.0
            os.close(self._told)
        self._used_s += used_s

    def _start(self, message: dict[str, Any], fds: list[int]) -> None:
        self._end_all()
        self._status, self._used_s = 0, 0.0
        self._too_many_files = False
        os.makedirs(self._setup["work"], mode=0o700, exist_ok=True)
        sock, output = fds
        self._told, tell = os.pipe()

        def complain(error: BaseException) -> None:
            submission.complain(sock, error)

        try:
            pid, parent = confine.fork(self._setup, message["limits"], complain, tell)
        except OSError as error:
            os.close(self._told)
            os.close(tell)
            self._answer({"failed": str(error)}, [])
            return
        if pid == 0:
            self._control.close()
            submission.main(parent, self._setup, message["limits"], sock, output)
        self._child = pid
        pidfd = os.pidfd_open(pid)
        self._answer({"started": True}, [pidfd])
        for fd in (*fds, tell, pidfd):
            os.close(fd)

    def _await_end(self) -> None:
        """The host has killed the submission, as far as it could: wait a moment for its first process."""
        if self._child:
            pidfd = os.pidfd_open(self._child)
            poll = select.poll()
            poll.register(pidfd, select.POLLIN)
            poll.poll(ENDING_MS)
            os.close(pidfd)

    def _end_all(self) -> None:
        """Kill and reap until this process has no descendant: orphans come to us."""
        while True:
            self._reap()
            children = family.children(os.getpid())
            if not children:
                return
            for pid in children:
                os.kill(pid, signal.SIGKILL)
            try:
                pid, status, used = os.wait4(-1, 0)
            except ChildProcessError:
                continue
            self._bury(pid, status, used.ru_utime + used.ru_stime)

    def _answer(self, message: dict[str, object], fds: list[int]) -> None:
        channel.send_with_fds(self._control, json.dumps(message).encode(), fds)
