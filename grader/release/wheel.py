"""The grader as a wheel, made of the package that is running: no build tool, no network, the same bytes.

References
----------
The format: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import base64
import hashlib
from importlib import metadata
from pathlib import Path

import grader
from grader.errors import SourceError
from grader.release.archive import pack
from grader.release.secrets import secret_sentences, without

# as [tool.setuptools.package-data]; nothing else that lies about is packed
_SUFFIXES = frozenset({".py", ".typed", ".j2", ".css", ".js", ".po", ".mo", ".toml", ".md"})


def make_wheel(assignments: Path) -> tuple[str, bytes]:
    """Its file name and its bytes. The version says which contents: 0.1.0+1f2e3d4c.

    Of translations, those are left out that only hidden parts of the `assignments` need.
    """
    package = Path(grader.__file__).parent
    secrets = secret_sentences(assignments, package)
    files = {}
    for path in sorted(package.rglob("*")):
        if path.suffix in _SUFFIXES or path.name == "py.typed":
            content = path.read_bytes()
            name = f"grader/{path.relative_to(package).as_posix()}"
            files[name] = without(content, secrets) if path.suffix == ".po" else content
    header, entry_points = _metadata()
    version = f"{grader.__version__}+{_digest(files, header)}"
    info = f"grader-{version}.dist-info"
    files[f"{info}/METADATA"] = header.replace(
        f"\nVersion: {grader.__version__}\n", f"\nVersion: {version}\n"
    ).encode()
    files[f"{info}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: grader\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    files[f"{info}/entry_points.txt"] = entry_points.encode()
    files[f"{info}/top_level.txt"] = b"grader\n"
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD")
    return f"grader-{version}-py3-none-any.whl", pack(files)


def _metadata() -> tuple[str, str]:
    """The fields of METADATA, without the description, and the entry points."""
    try:
        installed = metadata.distribution("grader")
    except metadata.PackageNotFoundError:
        raise SourceError("grader is not installed", "install it: pip install .") from None
    words = installed.read_text("METADATA") or installed.read_text("PKG-INFO") or ""
    if installed.version.partition("+")[0] != grader.__version__:
        raise SourceError(
            f"grader {installed.version} is installed, but {grader.__version__} is running",
            "install it again: pip install .",
        )
    fields = words.partition("\n\n")[0] + "\n"
    return fields.replace(f"\nVersion: {installed.version}\n", f"\nVersion: {grader.__version__}\n"), (
        installed.read_text("entry_points.txt") or ""
    )


def _digest(files: dict[str, bytes], header: str) -> str:
    digest = hashlib.sha256(header.encode())
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()[:8]


def _record(files: dict[str, bytes], own: str) -> bytes:
    lines = []
    for name in sorted(files):
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(files[name])}")
    return "\n".join([*lines, f"{own},,", ""]).encode()
