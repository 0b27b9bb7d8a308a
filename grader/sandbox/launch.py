"""The command that starts a worker, and the environment it gets."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from grader import worker

WORKER = Path(worker.__file__).resolve().parent
_KEPT_ON_WINDOWS = ("SYSTEMROOT", "SYSTEMDRIVE", "WINDIR")


def environment(home: str, present: Mapping[str, str]) -> dict[str, str]:
    """All that the student's process knows of its surroundings.

    One BLAS thread and few malloc arenas: otherwise address space and threads grow with the machine, and a
    fork after OpenMP hangs. A fixed hash seed: sets of strings have one order.
    """
    fixed = {
        "HOME": home,
        "TMPDIR": home,
        "TEMP": home,
        "TMP": home,
        "USER": "student",
        "LOGNAME": "student",
        "LANG": "C.UTF-8",
        "PATH": "/usr/bin:/bin",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": home,
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }
    return fixed | {k: present[k] for k in _KEPT_ON_WINDOWS if k in present}


def command(role: str, *, python: str = sys.executable, package: Path = WORKER) -> list[str]:
    """`python -s -P …/worker/__main__.py ROLE`: no user site, no folder of ours on the import path.

    Not `-I`, which would ignore PYTHONHASHSEED; the environment is ours to the last entry anyway.
    """
    return [python, "-s", "-P", str(package / "__main__.py"), role]
