"""Where is the notebook that this kernel belongs to, and what does a run of it from the start give?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import nbformat

from grader.assignment import Assignment
from grader.grade import grade_submission, open_desk
from grader.model import Graded, HandedFile, Submission, Tier
from grader.sandbox import open_slot

_MAGICS = ("%check", "%load_ext grader", "%reload_ext grader", "grader.check(", "%pip", "!pip")


@dataclass(frozen=True, slots=True)
class Notebook:
    """What a fresh run starts from."""

    name: str
    content: bytes
    is_saved: bool  # False: put together from the cells run in this kernel


def find_notebook(
    names: Mapping[str, Any], environment: Mapping[str, str], here: Path, wanted: Sequence[str]
) -> Path | None:
    """The file of the notebook: as the editor says, else the only one here that the assignment looks for."""
    said = str(names.get("__vsc_ipynb_file__") or environment.get("JPY_SESSION_NAME") or "")
    for path in (Path(said), here / said, here / Path(said).name):
        if said.endswith(".ipynb") and path.is_file():
            return path
    found = [p for p in sorted(here.glob("*.ipynb")) if any(fnmatch(p.name, w) for w in wanted)]
    return found[0] if len(found) == 1 else None


def read_notebook(path: Path) -> Notebook:
    """The notebook as it was saved last."""
    return Notebook(path.name, path.read_bytes(), True)


def from_history(names: Mapping[str, Any], tp: str) -> Notebook:
    """A notebook of the cells that were run in this kernel, in their order, but for our own magics."""
    cells = [
        nbformat.v4.new_code_cell(source)
        for source in names.get("In", [])
        if isinstance(source, str) and source.strip() and not source.strip().startswith(_MAGICS)
    ]
    content: str = nbformat.writes(nbformat.v4.new_notebook(cells=cells))
    return Notebook(f"{tp}.ipynb", content.encode(), False)


def run_fresh(assignment: Assignment, notebook: Notebook, *, seed: int) -> Graded:
    """The public checks on the notebook, in a process of its own, as `grader check` does."""
    files = (HandedFile(path=notebook.name, content=notebook.content),)
    with open_slot(isolation=Tier.PORTABLE, preload=assignment.preload()) as slot:
        desk = open_desk(assignment, slot, seed=seed, public_only=True)
        return grade_submission(Submission(key="you", name="", files=files), desk)
