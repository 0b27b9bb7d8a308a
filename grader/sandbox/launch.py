"""How a zygote is started in each tier: the command, its environment and what it is told."""

from __future__ import annotations

import os
import shutil
import site
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import BLAS_THREADS, worker
from grader.errors import SandboxError
from grader.model import Limits, Tier
from grader.sandbox import packages, root, syscalls

WORKER = Path(worker.__file__).resolve().parent
INSIDE_WORKER = Path("/worker")  # in bubblewrap's view
INSIDE_WORK = Path("/home/student")
INSIDE_CACHE = Path("/cache")
_KEPT_ON_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR")
_CACHE_BYTES = 4 << 20
_SHARED_BYTES = 32 << 20
_SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/usr/share/zoneinfo")
# what joblib asks for the number of processors
_CPU_FILES = (
    "/sys/fs/cgroup/cpu.max",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us",
)
_OWN_PROC = ("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat")
_MERGEABLE = ("lib", "lib32", "lib64", "libx32", "bin", "sbin")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """One way to start a zygote."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path  # where the command is started
    setup: Mapping[str, object]  # the first message to it
    uid: int | None = None  # it runs as


def environment(home: Path, present: Mapping[str, str], *, cache: Path | None = None) -> dict[str, str]:
    """All that the student's process knows of its surroundings.

    One BLAS thread and few malloc arenas: otherwise address space and threads grow with the machine, and a
    fork after OpenMP hangs. A fixed hash seed: sets of strings have one order.
    """
    fixed = {
        **dict.fromkeys(("HOME", "TMPDIR", "TEMP", "TMP"), str(home)),
        **dict.fromkeys(("USER", "LOGNAME"), "student"),
        **dict.fromkeys(BLAS_THREADS, "1"),
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(cache or home),
        "MALLOC_ARENA_MAX": "2",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",  # what was printed before an end by force is not lost
        "PYTHONUTF8": "1",
    }
    if packages.user_folder():
        fixed["PYTHONUSERBASE"] = site.getuserbase()  # HOME is another one there
    if os.name == "nt":
        fixed["PATH"] = present.get("PATH", "")  # libraries are found by it
    return fixed | {k: present[k] for k in _KEPT_ON_WINDOWS if k in present}


def worker_command(role: str, *, package: Path = WORKER) -> list[str]:
    """`python -s -P …/worker/__main__.py ROLE`: no folder of ours on the import path.

    Not `-I`, which would ignore PYTHONHASHSEED; the environment is ours to the last entry anyway.
    """
    options = ["-P"] if packages.user_folder() else ["-s", "-P"]
    return [sys.executable, *options, str(package / "__main__.py"), role]


def launch(tier: Tier, *, preload: tuple[str, ...], imports: tuple[str, ...] | None, folder: Path) -> Launch:
    """How to start a zygote of this tier; `folder` is an empty one of ours. Raises SandboxError.

    `imports`: in the strong tiers only the packages that give these are there; None shows all.
    """
    if tier in (Tier.STRONG, Tier.STRONG_FLAT):
        return _bubblewrapped(tier, preload, imports, folder)
    return _bare(tier, preload, folder)


def prefixes() -> tuple[Path, ...]:
    """The folders that the interpreter and its packages lie in, /usr apart."""
    own = packages.user_folder()
    candidates = [Path(sys.base_prefix).resolve(), Path(sys.prefix).resolve(), *([own] if own else [])]
    found: list[Path] = []
    for path in candidates:
        if not path.is_relative_to("/usr") and not any(path.is_relative_to(f) for f in found):
            found.append(path)
    return tuple(found)


def _bare(tier: Tier, preload: tuple[str, ...], folder: Path) -> Launch:
    work, stage = folder / "work", folder / "stage"
    cache = folder / "cache"
    for place in (work, stage, cache):
        place.mkdir(mode=0o700)
    command = worker_command("zygote")
    setup = _setup(tier, preload, work)
    setup["own"] = [str(place) for place in (work, cache, stage, folder)]
    uid = None
    if tier is Tier.MEDIUM:
        setup |= {
            "seccomp": syscalls.filter_program(without_mounts=True),
            "landlock": True,
            "read": [*_readable(WORKER), str(cache), *_CPU_FILES, *_OWN_PROC],
            "use": [str(work)],
        }
        if os.geteuid() == 0:
            private = root.private_ancestor(folder.parent)
            if private is not None:
                raise SandboxError(f"{private} is closed to the user that code runs as", "work elsewhere")
            uid = root.free_uid()
            for place in (work, cache):
                os.chown(place, uid, uid)
            folder.chmod(0o711)
            command = root.dropped(command, uid=uid, shown=[*prefixes(), WORKER], stage=stage)
    home = environment(work, os.environ, cache=cache)
    return Launch(command=tuple(command), environment=home, folder=work, setup=setup, uid=uid)


def _bubblewrapped(
    tier: Tier, preload: tuple[str, ...], imports: tuple[str, ...] | None, folder: Path
) -> Launch:
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise SandboxError("bubblewrap is not installed", "run `apt install bubblewrap`")
    command = [
        bwrap,
        *_view(tier, () if imports is None else _only((*imports, *preload))),
        "--",
        *worker_command("zygote", package=INSIDE_WORKER),
    ]
    uid = None
    if os.geteuid() == 0:
        uid = root.free_uid()
        stage = folder / "stage"
        stage.mkdir(mode=0o755)
        folder.chmod(0o711)
        command = root.dropped(command, uid=uid, shown=[*prefixes(), WORKER], stage=stage)
    inner = tier is Tier.STRONG
    setup = _setup(tier, preload, INSIDE_WORK) | {
        "namespaces": inner,
        "seccomp": syscalls.filter_program(without_mounts=False),
        "landlock": True,
        "counts_user": False,
        "read": [*_readable(INSIDE_WORKER), str(INSIDE_CACHE), "/proc"],
        "use": [str(INSIDE_WORK), *(["/dev/shm"] if inner else [])],
    }
    home = environment(INSIDE_WORK, {}, cache=INSIDE_CACHE)
    return Launch(command=tuple(command), environment=home, folder=Path("/"), setup=setup, uid=uid)


def _setup(tier: Tier, preload: tuple[str, ...], work: Path) -> dict[str, object]:
    return {
        "tier": tier.value,
        "preload": list(preload),
        "work": str(work),
        "own": [],  # folders that the zygote removes at its end
        "namespaces": False,
        "kept": tier in (Tier.MEDIUM, Tier.PORTABLE),  # nothing else would end what a dead zygote leaves
        "seccomp": "",
        "landlock": False,
        "counts_files": tier is Tier.STRONG_FLAT,  # bubblewrap's own tmpfs has no limit on their number
        "counts_user": True,  # the kernel's limit on processes counts all of this user's
        "read": [],
        "use": [],
    }


def _readable(package: Path) -> list[str]:
    system = ["/usr", *(f"/{name}" for name in _MERGEABLE), *_SYSTEM_FILES]
    return [*system, *map(str, prefixes()), str(package)]


def _view(tier: Tier, chosen: Sequence[str]) -> list[str]:
    """bubblewrap's options: what the slot sees, and what it does not share."""
    home = Limits().disk_bytes
    bound = [str(p) for p in prefixes()]
    return [
        *("--unshare-all", "--die-with-parent", "--new-session"),
        *(("--unshare-user", "--disable-userns") if tier is Tier.STRONG_FLAT else ()),
        *("--ro-bind", "/usr", "/usr", *_system_folders()),
        *(word for path in _SYSTEM_FILES[:3] for word in ("--ro-bind-try", path, path)),
        *(word for path in bound for word in ("--ro-bind", path, path)),
        *chosen,
        *("--ro-bind", str(WORKER), str(INSIDE_WORKER)),
        *("--proc", "/proc", "--dev", "/dev"),
        *("--perms", "1777", "--size", str(_SHARED_BYTES), "--tmpfs", "/dev/shm"),
        *("--perms", "0755", "--size", str(_CACHE_BYTES), "--tmpfs", str(INSIDE_CACHE)),
        *("--perms", "0700", "--size", str(home), "--tmpfs", str(INSIDE_WORK)),
        *("--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(INSIDE_WORK)),
    ]


def _only(imports: tuple[str, ...]) -> list[str]:
    """Empty folders in the place of all packages, and on top of them those that are wanted."""
    empty = [str(path) for path in packages.folders() if _is_shown(path)]
    return [
        *(word for path in empty for word in ("--tmpfs", path)),
        *(word for path in packages.shown(imports) for word in ("--ro-bind", str(path), str(path))),
        *(word for path in empty for word in ("--remount-ro", path)),
    ]


def _is_shown(path: Path) -> bool:
    return any(path.is_relative_to(shown) for shown in (*prefixes(), Path("/usr")))


def _system_folders() -> list[str]:
    """/lib, /bin and so on: links into /usr on most systems, folders on some."""
    words: list[str] = []
    for name in _MERGEABLE:
        path = Path("/", name)
        if path.is_symlink():
            words += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    return words
