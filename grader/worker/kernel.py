"""The few calls to the Linux kernel that Python's library lacks. Each returns or raises OSError.

Constants are those of the kernel's user headers (include/uapi/linux), named in the comments.
"""

from __future__ import annotations

import ctypes
import os

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int = 0, third: int = 0) -> int:
    """prctl(2)."""
    word = ctypes.c_ulong
    return _checked(
        _libc().prctl(ctypes.c_int(option), word(value), word(third), word(0), word(0)), f"prctl {option}"
    )


def die_with(parent: int, signal_number: int) -> None:
    """Have the kernel send a signal to this process when `parent`, which made it, ends."""
    prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        os._exit(1)
