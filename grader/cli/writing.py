"""Files that a command writes because an option names them."""

from __future__ import annotations

from pathlib import Path

from grader.errors import StoreError


def vet(path: Path | None, option: str) -> None:
    """Refuse, before anything runs, a place where no file can be: the work would be lost."""
    if path is None:
        return
    try:
        is_folder, has_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise _refusal(path, error, option) from error
    if is_folder:
        raise StoreError(f"{path} is a folder", f"name a file for {option}")
    if not has_folder:
        raise StoreError(
            f"{path}: there is no folder {path.parent}", f"make it, or name another file for {option}"
        )


def write(path: Path, content: str | bytes, option: str) -> None:
    """Write what the option asks for; in place, for it may be a pipe."""
    try:
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as error:
        raise _refusal(path, error, option) from error


def _refusal(path: Path, error: OSError, option: str) -> StoreError:
    return StoreError(
        f"{path} cannot be written ({error.strerror or error})", f"name another file for {option}"
    )
