"""Cut what students start from out of a reference: as a module and as a notebook."""

from __future__ import annotations

import hashlib
from pathlib import Path

from grader.errors import AssignmentError

BEGIN = "# BEGIN SOLUTION"
END = "# END SOLUTION"
BLANK = 'raise NotImplementedError("to be written")'


def cut_solution(source: str, *, path: Path) -> str:
    """`source` with each solution replaced by one line that raises NotImplementedError."""
    kept: list[str] = []
    opened: int | None = None
    for number, line in enumerate(source.splitlines(), start=1):
        mark = line.strip()
        if mark == BEGIN:
            if opened is not None:
                raise AssignmentError(
                    f"{path}: line {number} begins a solution inside another", f"write {END} first"
                )
            opened = number
            kept.append(line.replace(BEGIN, BLANK))
        elif mark == END:
            if opened is None:
                raise AssignmentError(f"{path}: line {number} ends no solution", f"write {BEGIN} before it")
            opened = None
        elif opened is None:
            kept.append(line)
    if opened is not None:
        raise AssignmentError(
            f"{path}: the solution begun in line {opened} has no end", f"write {END} after it"
        )
    return "\n".join(kept) + "\n"


def to_notebook(source: str, *extra_cells: str) -> bytes:
    """A percent-format source as a notebook with `extra_cells` of code at the end; deterministic."""
    import jupytext  # noqa: PLC0415 - with nbformat 0.2 s that grading does not need
    import nbformat  # noqa: PLC0415

    notebook = jupytext.reads(source, fmt="py:percent")
    notebook.cells += [nbformat.v4.new_code_cell(code) for code in extra_cells]
    for number, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{number}\0{cell['source']}".encode()).hexdigest()[:8]
        cell["metadata"] = {}
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    text: str = nbformat.writes(notebook, version=4)
    return (text.rstrip("\n") + "\n").encode("utf-8")
