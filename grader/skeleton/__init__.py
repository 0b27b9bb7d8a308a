"""A new assignment to start from: small, and whole enough to validate."""

from __future__ import annotations

import json
import keyword
from pathlib import Path

from grader.errors import AssignmentError
from grader.skeleton.texts import FILES, REFERENCE

__all__ = ["write_skeleton"]


def write_skeleton(tp: str, root: Path, *, title: str) -> tuple[Path, ...]:
    """Write `assignments/TP/` and `reference/TP.py` below `root`; the files written.

    Raises AssignmentError where the name does not do or something is there already: nothing is overwritten.
    """
    if not tp.isidentifier() or keyword.iskeyword(tp):
        raise AssignmentError(
            f"{tp!r} does not do as an id", "use letters, digits and _, beginning with a letter: tp5"
        )
    folder, reference = root / "assignments" / tp, root / "reference" / f"{tp}.py"
    for path in (folder, reference):
        if path.exists():
            raise AssignmentError(f"{path} is there already", "choose another id, or move it away")
    quoted = json.dumps(title, ensure_ascii=False)  # TOML writes short strings as JSON does
    contents = {folder / name: words for name, words in FILES.items()} | {reference: REFERENCE}
    for path, words in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        filled = words.replace("{tp}", tp).replace("{title}", title).replace("{quoted_title}", quoted)
        path.write_text(filled, encoding="utf-8", newline="\n")
    return tuple(contents)
