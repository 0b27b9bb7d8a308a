"""The system calls that student code may not make, as a seccomp filter.

Built here once and sent to the zygote as bytes: the library need not be in the sandbox.
"""

from __future__ import annotations

import base64
import errno
import os
import tempfile
from functools import cache
from typing import Any

from grader.errors import SandboxError
from grader.worker import kernel

# A list of what is denied, not of what is allowed: NumPy and its friends use what they like. socketpair(2)
# stays, asyncio and multiprocessing need it.
DENIED = """
    socket unshare setns mount umount2 pivot_root fsopen fsconfig fsmount fspick move_mount open_tree
    mount_setattr chroot ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp
    pidfd_open pidfd_getfd pidfd_send_signal add_key request_key keyctl bpf perf_event_open userfaultfd
    io_uring_setup io_uring_enter io_uring_register memfd_create memfd_secret shmget shmat shmctl msgget
    msgsnd msgrcv semget semop semtimedop mq_open mq_unlink open_by_handle_at name_to_handle_at init_module
    finit_module delete_module kexec_load kexec_file_load quotactl quotactl_fd acct swapon swapoff
    personality syslog fanotify_init inotify_init inotify_init1 vmsplice setpriority ioprio_set
    sched_setscheduler sched_setattr reboot settimeofday clock_settime clock_adjtime adjtimex sethostname
    setdomainname vhangup iopl ioperm lookup_dcookie nfsservctl
"""
# Landlock does not cover these; a read-only view of the file system, where there is one, does.
DENIED_WITHOUT_MOUNTS = """
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat setxattr
    lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat
    truncate file_setattr
"""
# Their first argument is a process, and 0 the caller: neither Landlock nor ptrace's rights cover these.
DENIED_FOR_OTHERS = ("prlimit64", "sched_setaffinity")
# socket(7): what waits in a socket's buffer counts as nobody's memory. SO_SNDBUF and so on, linux/socket.h
_SOL_SOCKET = 1
_BUFFER_SIZES = (7, 8, 32, 33)
_INT = 0xFFFFFFFF  # what the kernel reads of an argument that is an int
_NEW_NAMESPACES = (
    kernel.CLONE_NEWNS,
    kernel.CLONE_NEWCGROUP,
    kernel.CLONE_NEWUTS,
    kernel.CLONE_NEWIPC,
    kernel.CLONE_NEWUSER,
    kernel.CLONE_NEWPID,
    0x40000000,  # CLONE_NEWNET, linux/sched.h
)


def _library() -> Any:
    """pyseccomp, which needs Linux and libseccomp."""
    try:
        import pyseccomp  # noqa: PLC0415 - an extra, and 30 ms
    except (ImportError, OSError, RuntimeError) as error:
        raise SandboxError(
            f"system calls cannot be filtered here ({error})", "run `pip install 'grader[linux]'`"
        ) from error
    return pyseccomp


@cache
def filter_program(*, without_mounts: bool) -> str:
    """The filter's instructions in base64. Calls for another architecture end the process."""
    library = _library()
    rules = library.SyscallFilter(library.ALLOW)
    for name in (DENIED + (DENIED_WITHOUT_MOUNTS if without_mounts else "")).split():
        number = _number(library, name)
        if number is not None:
            rules.add_rule(library.ERRNO(errno.EPERM), number)
    for flag in _NEW_NAMESPACES:
        rules.add_rule(library.ERRNO(errno.EPERM), "clone", library.Arg(0, library.MASKED_EQ, flag, flag))
    for name in DENIED_FOR_OTHERS:
        rules.add_rule(library.ERRNO(errno.EPERM), name, library.Arg(0, library.NE, 0))
    for option in _BUFFER_SIZES:
        level = library.Arg(1, library.MASKED_EQ, _INT, _SOL_SOCKET)
        what = library.Arg(2, library.MASKED_EQ, _INT, option)
        rules.add_rule(library.ERRNO(errno.EPERM), "setsockopt", level, what)
    clone3 = _number(library, "clone3")  # its flags lie in memory, out of a filter's reach
    if clone3 is not None:
        rules.add_rule(library.ERRNO(errno.ENOSYS), clone3)
    if without_mounts:
        _deny_truncation(library, rules)
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return base64.b64encode(file.read()).decode()


def _deny_truncation(library: Any, rules: Any) -> None:
    """No opening of a file to empty it without the right to write: below ABI 3 Landlock lets that pass."""
    for call, position in (("openat", 1), ("open", 0)):
        number = _number(library, call)
        for access in (os.O_RDONLY, os.O_ACCMODE):
            wanted = library.Arg(
                position + 1, library.MASKED_EQ, os.O_TRUNC | os.O_ACCMODE, os.O_TRUNC | access
            )
            if number is not None:
                rules.add_rule(library.ERRNO(errno.EPERM), number, wanted)
    openat2 = _number(library, "openat2")  # its flags lie in memory
    if openat2 is not None:
        rules.add_rule(library.ERRNO(errno.ENOSYS), openat2)


def _number(library: Any, name: str) -> int | None:
    """The call's number here: as the library knows it, or, where it is younger, from the kernel's table.

    Calls since Linux 5.1 have one number on all architectures.
    """
    try:
        number = int(library.resolve_syscall(library.Arch.NATIVE, name))
    except (OSError, ValueError):
        number = -1
    return number if number >= 0 else _YOUNG.get(name)


# asm-generic/unistd.h
_YOUNG = {
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_open": 434,
    "clone3": 435,
    "openat2": 437,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "process_mrelease": 448,
    "fchmodat2": 452,
    "setxattrat": 463,
    "removexattrat": 466,
    "file_setattr": 469,
}
