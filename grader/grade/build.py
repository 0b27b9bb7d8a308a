"""Which grader gives a verdict: more than its number, as a checkout changes without one."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

import grader

_DIGITS = 12


@cache
def build_of(imports: tuple[str, ...]) -> str:
    """`0.1.0+6e3f…`: version, and a digest of our sources, Python, NumPy and which of `imports` are here."""
    tops = sorted({name.partition(".")[0] for name in imports})
    present = [name for name in tops if importlib.util.find_spec(name) is not None]
    surroundings = (platform.python_version(), np.__version__, *present)
    digest = digest_of_sources(Path(grader.__file__).parent, surroundings)
    return f"{grader.__version__}+{digest[:_DIGITS]}"


def digest_of_sources(package: Path, surroundings: Iterable[str] = ()) -> str:
    """SHA-256 of all modules of a package, names and bytes, and of some words."""
    digest = hashlib.sha256()
    for word in surroundings:
        digest.update(word.encode() + b"\0")
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()
