"""Which installed packages a slot shows: those that an assignment allows and what they need, no others."""

from __future__ import annotations

import csv
import site
import sys
import sysconfig
from functools import cache
from importlib import metadata
from pathlib import Path

import numpy as np
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

# what the worker itself needs
ALWAYS = ("numpy", "IPython", "landlockpy")


def user_folder() -> Path | None:
    """Where `pip install --user` put NumPy, and so the rest; None when it is not there."""
    folder = Path(site.getusersitepackages()).resolve()
    return folder if Path(np.__file__).resolve().is_relative_to(folder) else None


def folders() -> tuple[Path, ...]:
    """The folders that packages are installed in, those of the base interpreter too."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    candidates = [
        *(Path(sysconfig.get_path(kind)) for kind in ("purelib", "platlib")),
        *map(Path, site.getsitepackages()),
        *(Path(prefix, "lib", version, "site-packages") for prefix in (sys.prefix, sys.base_prefix)),
        *filter(None, [user_folder()]),
        Path("/usr/lib/python3/dist-packages"),
        Path("/usr/local/lib", version, "dist-packages"),
    ]
    return tuple(dict.fromkeys(path.resolve() for path in candidates if path.is_dir()))


@cache
def shown(imports: tuple[str, ...]) -> tuple[Path, ...]:
    """The files and folders of the packages that give these imports, and of all that they need."""
    tops = {name.partition(".")[0] for name in (*imports, *ALWAYS)}
    pending = [p.metadata["Name"] for p in metadata.distributions() if any(map(tops.__contains__, _gives(p)))]
    found: dict[str, tuple[Path, ...]] = {}
    while pending:
        name = canonicalize_name(pending.pop())
        if name in found:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        found[name] = _entries(package)
        pending += _needs(package)
    return tuple(sorted({path for paths in found.values() for path in paths}))


def _gives(package: metadata.Distribution) -> set[str]:
    """What a package lets one import."""
    declared = package.read_text("top_level.txt")
    if declared:
        return set(declared.split())
    return {top.partition(".")[0] for top in _tops(package)}


def _tops(package: metadata.Distribution) -> set[str]:
    """The files and folders of a package, those inside of folders left out.

    From its record as it stands: `files` makes a path of each of some thousands, which takes longer than all
    else here.
    """
    record = package.read_text("RECORD")
    if record is None:
        return {file.parts[0] for file in package.files or ()}
    return {row[0].partition("/")[0] for row in csv.reader(record.splitlines()) if row}


def _needs(package: metadata.Distribution) -> list[str]:
    names = []
    for line in package.requires or ():
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            names.append(requirement.name)
    return names


def _entries(package: metadata.Distribution) -> tuple[Path, ...]:
    root = Path(str(package.locate_file("")))
    tops = _tops(package) - {"..", "__pycache__"}
    return tuple(path.resolve() for top in tops if (path := root / top).exists() and top[-4:] != ".pth")
