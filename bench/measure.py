"""What a command costs: wall time, CPU time of all its processes, and memory."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_GLANCE_S = 0.1
_GROUP = "GRADER_BENCH_GROUP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one command took."""

    wall_s: float
    cpu_s: float  # of the command and all that it started, user and system
    peak_bytes: int  # resident, of the largest of the first, its copies and those that `multiprocessing` made
    tree_bytes: int  # resident, of all its processes together; shared pages count once in each
    status: int
    output: str


def adopt_orphans() -> None:
    """Have processes whose parent died reaped here, so that their CPU time is counted."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _environment() -> dict[str, str]:
    """Ours, but for what keeps Python from compiling a module once and for all, as it does for users."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def measure(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Usage:
    """Run `command` to its end and say what it took. `adopt_orphans` must have been called."""
    log = log or Path(os.devnull)
    account, began = Account(), time.perf_counter()
    peak = tree = 0
    with log.open("wb") as file:
        process = subprocess.Popen(
            account.wrapped(command),
            cwd=cwd,
            env={**_environment(), **(env or {}), **account.told()},
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        while True:
            try:
                status = process.wait(_GLANCE_S)
                break
            except subprocess.TimeoutExpired:
                peak = max([peak, *map(_high_water, _of_ours(process.pid))])  # it may have ended
                tree = max(tree, _tree_bytes(process.pid))
    wall = time.perf_counter() - began
    _reap()
    output = log.read_text("utf-8", "replace") if log != Path(os.devnull) else ""
    return Usage(
        wall_s=wall,
        cpu_s=account.close(),
        peak_bytes=peak,
        tree_bytes=tree,
        status=status,
        output=output,
    )


class Account:
    """CPU time of a command and of all that it starts, however it ends.

    The kernel adds the time of a process to its parent's only when it is waited for: what dies with its
    namespace never is. A control group misses nothing; without the right to make one, waiting must do.
    """

    def __init__(self) -> None:
        self._group = _make_group()
        self._before_s = _children_s()

    def wrapped(self, command: Sequence[str]) -> list[str]:
        """`command`, entering the group first."""
        if self._group is None:
            return list(command)
        enter = f'echo $$ > "{self._group}/cgroup.procs" && exec "$@"'
        return ["/bin/sh", "-c", enter, "sh", *command]

    def told(self) -> dict[str, str]:
        """What the command needs for `group_s`."""
        return {} if self._group is None else {_GROUP: str(self._group)}

    def close(self) -> float:
        """Seconds since it was opened."""
        if self._group is None:
            return _children_s() - self._before_s
        seconds = _group_s(self._group)
        with suppress(OSError):  # somebody is left in it: the kernel keeps it until then
            self._group.rmdir()
        return seconds


def group_s() -> float:
    """CPU seconds so far of the command that this process is a part of, and of all that it started.

    Raises RuntimeError where `measure` could make no control group for it.
    """
    group = os.environ.get(_GROUP)
    if group is None:
        raise RuntimeError("there is no control group: measure as a user who may make one")
    return _group_s(Path(group))


def _make_group() -> Path | None:
    for root in (Path("/sys/fs/cgroup/cpuacct"), Path("/sys/fs/cgroup")):
        group = root / f"grader-bench-{os.getpid()}-{time.monotonic_ns()}"
        try:
            group.mkdir()
        except OSError:
            continue
        if (group / "cpuacct.usage").exists() or (group / "cpu.stat").exists():
            return group
        group.rmdir()
    return None


def _group_s(group: Path) -> float:
    usage = group / "cpuacct.usage"
    if usage.exists():
        return int(usage.read_text("utf-8")) / 1e9
    fields = dict(line.split() for line in (group / "cpu.stat").read_text("utf-8").splitlines())
    return int(fields["usage_usec"]) / 1e6


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _reap() -> None:
    """Wait for what the command left behind."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _high_water(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


def _of_ours(root: int) -> list[int]:
    """A process, and those below it that are copies of it or made by `multiprocessing`: no student's among
    them."""
    commands = {pid: _command_of(pid) for pid in _tree(root)}
    own = commands.get(root)
    return [pid for pid, command in commands.items() if command == own or b"multiprocessing" in command]


def _command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def _tree_bytes(root: int) -> int:
    """Resident memory of a process and all below it."""
    return sum(_tree(root).values())


def _tree(root: int) -> dict[int, int]:
    """A process and all below it, with their resident memory."""
    parents: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(entry.name)] = int(fields[1])
        sizes[int(entry.name)] = int(fields[21]) * _PAGE_BYTES
    return {pid: size for pid, size in sizes.items() if _is_below(pid, root, parents)}


def _is_below(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        if pid == root:
            return True
        pid = parents[pid]
    return False
