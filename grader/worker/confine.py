"""Take rights away from a forked process, before student code runs in it.

Every step is checked. One that fails raises, and the submission is not run: never run without it.
"""

from __future__ import annotations

import base64
import contextlib
import importlib
import os
import resource
import signal
import struct
from collections.abc import Callable
from typing import Any, NoReturn

from . import kernel, namespaces

SPARE_BYTES = 200 << 20  # above the memory limit: the student's own MemoryError comes late, but readable
OPEN_FILES = 256
USED = struct.Struct("=d")  # seconds of processor time


def prepare(setup: dict[str, Any]) -> None:
    """What can be made ready once, in the zygote."""
    if setup["landlock"]:
        _landlock().prepare()
    kernel.capabilities()  # found once, for all submissions


def _landlock() -> Any:
    """The module, which needs a package that only Linux has."""
    return importlib.import_module(f"{__package__}.landlock")


def fork(
    setup: dict[str, Any], limits: dict[str, Any], complain: Callable[[BaseException], None], tell: int
) -> tuple[int, int]:
    """A child for one submission, and its parent as the child sees it; in namespaces where the tier has them.

    Gives the pid to watch here, 0 in the child. `complain` tells the host what failed between the two;
    what was used goes to the pipe `tell` where there are namespaces.
    """
    if not setup["namespaces"]:
        zygote = os.getpid()
        return os.fork(), zygote
    ids = os.getuid(), os.getgid()
    first = kernel.clone(namespaces.FLAGS)
    if first:
        return first, 0
    try:
        namespaces.settle(setup["work"], limits, ids)
        student = os.fork()
    except BaseException as error:
        complain(error)
        os._exit(70)
    if student:
        _reap(student, tell)
    return 0, 1


def _reap(student: int, tell: int) -> NoReturn:
    """Wait as the first process of the namespace, end all others with the student's, and end.

    What they took goes to the pipe `tell`: this process has a part in what its parent is told of its end.
    """
    os.closerange(0, tell)
    os.closerange(tell + 1, 4096)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == student:
            _end_others()
            used = resource.getrusage(resource.RUSAGE_CHILDREN)
            with contextlib.suppress(OSError):  # nobody is there any more
                os.write(tell, USED.pack(used.ru_utime + used.ru_stime))
            # a first process cannot die of a signal of its own: told as shells do
            os._exit(128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status))


def _end_others() -> None:
    """End and wait for what is left in the namespace: only who was waited for is counted."""
    if os.getpid() != 1:  # -1 would be everybody on this machine
        return
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                os.kill(-1, signal.SIGKILL)
                os.waitpid(-1, 0)


def close_in(setup: dict[str, Any], limits: dict[str, Any]) -> None:
    """The kernel's limits, then files, then system calls."""
    limit(setup, limits)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    if setup["landlock"]:
        _landlock().restrict(setup)
    if setup["seccomp"]:
        kernel.filter_calls(base64.b64decode(setup["seccomp"]))


def limit(setup: dict[str, Any], limits: dict[str, Any]) -> None:
    """The kernel's limits per process. The watcher outside holds those of the whole tree."""
    memory = limits["memory_bytes"]
    others = _processes_of_user() if setup["counts_user"] else 0
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_FSIZE, limits["disk_bytes"])
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES)
    _lower(resource.RLIMIT_DATA, memory + SPARE_BYTES)
    _lower(resource.RLIMIT_AS, max(4 * memory, 4 << 30))
    _lower(resource.RLIMIT_NPROC, limits["processes"] + others)
    limit_cpu(limits["load_s"])


def _lower(which: int, value: int) -> None:
    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _processes_of_user() -> int:
    """How many processes and threads this user has now, where the kernel counts them all together."""
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
    """Processor time of this process, well above its wall limit: it ends what nobody watches any more.

    The hard limit stays away, as a check may be allowed more than loading was.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 5, hard))
