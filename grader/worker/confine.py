"""Take rights away from a forked process, before student code runs in it. A step that fails raises."""

from __future__ import annotations

import os
import resource
from typing import Any

SPARE_BYTES = 200 << 20  # above the memory limit: the student's own MemoryError comes late, but readable
OPEN_FILES = 256


def prepare(setup: dict[str, Any]) -> None:
    """What can be made ready once, in the zygote."""


def fork(setup: dict[str, Any]) -> int:
    """A child for one submission, in namespaces of its own where the tier has them."""
    return os.fork()


def children(pid: int) -> list[int]:
    """The children of a process, from all of its threads."""
    found: list[int] = []
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/children") as file:
            found += [int(n) for n in file.read().split()]
    return found


def limit(limits: dict[str, Any]) -> None:
    """The kernel's limits per process. The watcher outside holds those of the whole tree."""
    memory = limits["memory_bytes"]
    values = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits["disk_bytes"],
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_DATA: memory + SPARE_BYTES,
        resource.RLIMIT_AS: max(4 * memory, 4 << 30),
        resource.RLIMIT_NPROC: limits["processes"] + _processes_of(limits["count_processes"]),
    }
    for which, value in values.items():
        _lower(which, value)


def _lower(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _processes_of(wanted: bool) -> int:
    """How many processes and threads this user has now, where the kernel counts them all together."""
    if not wanted:
        return 0
    count, uid = 0, os.getuid()
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == uid:
                    count += len(os.listdir(f"/proc/{name}/task"))
            except OSError:
                continue
    return count


def limit_cpu(seconds: float) -> None:
    """Processor time of this process, well above its wall limit: it ends what nobody watches any more."""
    _lower(resource.RLIMIT_CPU, int(seconds) + 5)
