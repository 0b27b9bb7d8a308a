"""Which processes come from which, as /proc tells."""

from __future__ import annotations

import os
from functools import cache


def children(pid: int) -> list[int]:
    """The processes whose parent is `pid`, zombies too; none when it is gone."""
    if not _kernel_lists_children():
        return [child for child, parent in _parents() if parent == pid]
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as file:
                found += [int(n) for n in file.read().split()]
    except OSError:
        return found
    return found


@cache
def _kernel_lists_children() -> bool:
    """CONFIG_PROC_CHILDREN, which distributions have."""
    return os.path.exists("/proc/thread-self/children")


def _parents() -> list[tuple[int, int]]:
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", errors="replace") as file:
                    found.append((int(name), int(file.read().rpartition(")")[2].split()[1])))
            except OSError:
                continue
    return found
