"""A tree of Linux processes, seen and ended from outside."""

from __future__ import annotations

import contextlib
import math
import os
import re
import select
import signal
import threading
import time
from collections.abc import Collection, Sequence
from functools import cache
from pathlib import Path

from grader.worker.family import children, content

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAUSE_S = 0.001
_LINKS = 2  # of an empty folder
_LONG = 4096  # bytes: more than the list of one child


def pid_of(pidfd: int) -> int:
    """The number, in our own namespace, of the process that a pidfd stands for; 0 when it is gone."""
    found = re.search(r"^Pid:\s*(-?\d+)$", Path(f"/proc/self/fdinfo/{pidfd}").read_text(), re.MULTILINE)
    return max(0, int(found[1])) if found else 0


def has_ended(pidfd: int, *, wait_s: float = 0.0) -> bool:
    """Is the process gone? A pidfd becomes readable then."""
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    return bool(poll.poll(wait_s * 1000))


def kill(pidfd: int) -> None:
    """SIGKILL to the process that a pidfd stands for, if it is still there."""
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def descendants(pid: int, *, ours: Collection[int] = ()) -> list[int]:
    """All below `pid`, parents before their children. Those of `ours` have one thread each."""
    found = children(pid, has_one_thread=pid in ours)
    for one in found:  # grows while it is walked
        found.extend(children(one, has_one_thread=one in ours))
    return found


def is_zombie(pid: int) -> bool:
    """Has it ended, so that only its entry is left?"""
    try:
        return content(f"/proc/{pid}/stat").rpartition(b")")[2].split()[0] in (b"Z", b"X")
    except OSError:
        return True


def end_descendants(
    pid: int, *, keep: Collection[int] = (), ours: Collection[int] = (), patience_s: float = 3.0
) -> bool:
    """Kill all below `pid` but `keep`; False if some are still there after the time given.

    Twice in a row nothing must be seen alive: one walk can miss a process whose parent dies meanwhile.
    """
    until = time.monotonic() + patience_s
    clean = 0
    while clean < 2:
        alive = [p for p in descendants(pid, ours=ours) if p not in keep and not is_zombie(p)]
        clean = 0 if alive else clean + 1
        for one in alive:
            _kill_child(one, pid)
        if alive:
            if time.monotonic() > until:
                return False
            time.sleep(_PAUSE_S)
    return True


class Chain:
    """Processes of which each has the next one as its only child, looked at through files that stay open.

    Whether anything else lives below them is asked before every check of every student.
    """

    def __init__(self, pids: Sequence[int], children: Sequence[int], threads: int) -> None:
        self._wanted = tuple(zip(children, [b"%d " % pid for pid in pids[1:]] + [b""], strict=True))
        self._threads = threads

    def is_alone(self) -> bool:
        """Is nothing else there? Seen twice in a row, as by `end_descendants`; False where it is not sure."""
        return self._looks_alone() and self._looks_alone()

    def _looks_alone(self) -> bool:
        """All but the last have one thread each, and so one list of children."""
        try:
            return all(os.pread(file, _LONG, 0) == wanted for file, wanted in self._wanted) and (
                os.fstat(self._threads).st_nlink == _LINKS + 1
            )
        except OSError:  # one of them has ended
            return False

    def close(self) -> None:
        """Close the files."""
        for file in (*(file for file, _ in self._wanted), self._threads):
            os.close(file)


def chain_of(pids: Sequence[int]) -> Chain | None:
    """The chain of these processes; None where the kernel does not tell what it takes, or one has ended."""
    if not _counts_threads():
        return None
    opened: list[int] = []
    try:
        for pid in pids:
            opened.append(os.open(f"/proc/{pid}/task/{pid}/children", os.O_RDONLY | os.O_CLOEXEC))
        opened.append(os.open(f"/proc/{pids[-1]}/task", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
    except OSError:
        for file in opened:
            os.close(file)
        return None
    return Chain(pids, opened[:-1], opened[-1])


@cache
def _counts_threads() -> bool:
    """Has /proc/PID/task a link for every thread? Tried with a process that has two: this one."""
    hold = threading.Event()
    other = threading.Thread(target=hold.wait)
    other.start()
    try:
        return any(_has_link_for_each() for _ in range(3))  # others may start and end meanwhile
    finally:
        hold.set()
        other.join()


def _has_link_for_each() -> bool:
    folder = Path("/proc/self/task")
    return folder.stat().st_nlink == _LINKS + sum(1 for _ in folder.iterdir())


def _kill_child(pid: int, ancestor: int) -> None:
    """Kill by pidfd, after a second look: the number may have gone to a stranger meanwhile."""
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        return
    try:
        if pid in descendants(ancestor):
            kill(pidfd)
    finally:
        os.close(pidfd)


def resident_bytes(pids: Collection[int]) -> int:
    """Memory in use, pages that are shared counted for each process: cheap, an upper bound."""
    return sum(_statm(pid)[1] for pid in pids) * _PAGE


def proportional_bytes(pids: Collection[int]) -> int:
    """Memory in use, pages that are shared divided among those who share them (PSS)."""
    return sum(_proportional(pid) for pid in pids)


def _statm(pid: int) -> tuple[int, int, int]:
    try:
        size, resident, shared, *_ = map(int, content(f"/proc/{pid}/statm").split())
    except (OSError, ValueError):
        return 0, 0, 0
    return size, resident, shared


def _proportional(pid: int) -> int:
    try:
        found = re.search(r"^Pss:\s+(\d+) kB$", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except PermissionError:  # it made itself undumpable: count what is not shared with files
        _, resident, shared = _statm(pid)
        return (resident - shared) * _PAGE
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def _threads_of(pid: int) -> list[str]:
    return os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - up to fifty times a second


def threads(pids: Collection[int]) -> int:
    """How many threads these processes have together, one at least each."""
    count = 0
    for pid in pids:
        try:
            count += len(_threads_of(pid))
        except OSError:
            continue
    return count


def cpu_seconds(pids: Collection[int]) -> float:
    """Processor time of these processes and of their children that have ended."""
    return math.fsum(map(_cpu_seconds, pids))


def _cpu_seconds(pid: int) -> float:
    """Of a process and of its children that have ended.

    `stat` tells both cut to hundredths of a second, which is as much as forking a check takes; `schedstat`
    tells nanoseconds, but of threads that are still there.
    """
    own = ended = 0.0
    try:
        fields = content(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        utime, stime, cutime, cstime = (int(n) / _TICKS for n in fields[11:15])  # proc(5)
        own, ended = utime + stime, cutime + cstime
        files = [f"/proc/{pid}/task/{thread}/schedstat" for thread in _threads_of(pid)]
        own = max(own, sum(int(content(file).split()[0]) for file in files) / 1e9)
    except (OSError, ValueError):  # it is gone, or the kernel has no `schedstat`
        pass
    return own + ended
