"""Namespaces of its own for one submission: users, mounts, processes, System V memory, host name, cgroups."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any

from . import kernel

FLAGS = (
    kernel.CLONE_NEWUSER
    | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWPID
    | kernel.CLONE_NEWIPC
    | kernel.CLONE_NEWUTS
    | kernel.CLONE_NEWCGROUP
)
INODES = 4096  # in the work folder
SHARED_BYTES = 32 << 20  # /dev/shm
SHARED_INODES = 256
PIDS = 310  # the least that the kernel takes is 301; a second line behind RLIMIT_NPROC


def settle(work: str, limits: dict[str, Any], ids: tuple[int, int]) -> None:
    """As the first process of the new namespaces: make them a place of its own.

    `ids` are user and group as they were before: here both are 65534 until they are mapped.
    """
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/self/uid_map belongs to somebody else
    uid, gid = ids
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{uid} {uid} 1")
    _write("/proc/self/gid_map", f"{gid} {gid} 1")
    kernel.mount("", "/", kernel.MS_REC | kernel.MS_PRIVATE)
    own = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", work, own, f"size={limits['disk_bytes']},nr_inodes={INODES},mode=0700")
    kernel.mount("tmpfs", "/dev/shm", own, f"size={SHARED_BYTES},nr_inodes={SHARED_INODES},mode=1777")
    kernel.mount("proc", "/proc", own | kernel.MS_NOEXEC)
    with contextlib.suppress(OSError):  # per namespace since Linux 6.14
        _write("/proc/sys/kernel/pid_max", str(PIDS))
    _write("/proc/sys/user/max_user_namespaces", "0")
    kernel.drop_capabilities()
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)


def _write(path: str, words: str) -> None:
    """By system calls: `open` would look for a codec first."""
    file = os.open(path, os.O_WRONLY)
    try:
        os.write(file, words.encode())
    finally:
        os.close(file)
