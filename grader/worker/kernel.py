"""The few calls to the Linux kernel that Python's library lacks. Each returns or raises OSError.

Constants are those of the kernel's headers, named in the comments.
"""

from __future__ import annotations

import ctypes
import os
import platform
import signal
from functools import cache

# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_READ = 23
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
# linux/seccomp.h
SECCOMP_MODE_FILTER = 2
# linux/sched.h
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
# linux/mount.h
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REC = 0x4000
MS_PRIVATE = 1 << 18
# linux/capability.h: the third version, whose data are two structures of three words
CAPABILITY_VERSION = 0x20080522
CAPABILITY_WORDS = 6
# clone(2) in asm/unistd_64.h and asm-generic/unistd.h
_SYS_CLONE = {"x86_64": 56, "aarch64": 220, "riscv64": 220}


@cache
def _libc() -> ctypes.CDLL:
    """Made once: each makes a class of its own for its functions."""
    return ctypes.CDLL(None, use_errno=True)


@cache
def _python() -> ctypes.PyDLL:
    """The same, for calls that keep the GIL."""
    return ctypes.PyDLL(None, use_errno=True)


_NOTHING = ctypes.c_ulong(0)


def _checked(result: int, what: str) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, value: int = 0, third: int = 0) -> int:
    """prctl(2)."""
    word = ctypes.c_ulong
    return _checked(_libc().prctl(option, word(value), word(third), _NOTHING, _NOTHING), f"prctl {option}")


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when `parent`, which made it, ends (0: one outside of our sight)."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def clone(flags: int) -> int:
    """fork(2) into new namespaces: one call where fork and unshare would be two processes.

    Between `PyOS_BeforeFork` and `PyOS_AfterFork_*`, as the C API asks of those who fork by themselves, and
    without giving up the GIL. The handlers that libraries left for fork are not run: the child must fork
    again by `os.fork` before it runs anything of theirs.
    """
    machine = platform.machine()
    if machine not in _SYS_CLONE:
        raise OSError(f"clone: no number known for {machine}")
    api = _python()
    word = ctypes.c_ulong
    arguments = (word(_SYS_CLONE[machine]), word(flags | signal.SIGCHLD), *(word(0) for _ in range(4)))
    api.syscall.restype = ctypes.c_long
    api.PyOS_BeforeFork()
    pid = int(api.syscall(*arguments))
    if pid == 0:
        api.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    api.PyOS_AfterFork_Parent()
    if pid < 0:
        raise OSError(number, f"clone: {os.strerror(number)}")
    return pid


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    """mount(2) of a new file system, or a change of propagation where `kind` is empty."""
    name = kind.encode() or None
    result = _libc().mount(name, target.encode(), name, ctypes.c_ulong(flags), options.encode() or None)
    _checked(result, f"mount {kind or 'none'} on {target}")


@cache
def capabilities() -> int:
    """How many this kernel has."""
    number = 0
    while True:
        try:
            prctl(PR_CAPBSET_READ, number)
        except OSError:
            return number
        number += 1


def drop_capabilities() -> None:
    """Give up every capability, for good."""
    for number in range(capabilities()):
        prctl(PR_CAPBSET_DROP, number)
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    data = (ctypes.c_uint32 * CAPABILITY_WORDS)()
    _checked(_libc().capset(header, data), "capset")


class _Filter(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


INSTRUCTION_BYTES = 8  # struct sock_filter of linux/filter.h


def filter_calls(program: bytes) -> None:
    """Put a seccomp filter before all further system calls of this thread and its children."""
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    described = _Filter(len(program) // INSTRUCTION_BYTES, program)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(described))
