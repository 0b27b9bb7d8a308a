"""Which of the files handed in is the work, and what is in it. Pure: bytes in, values out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

from grader.load.decoding import decode
from grader.load.notebook import NotANotebook, read_cells
from grader.model import Cell, CodeUnit, Document, HandedFile, Program, Submission, Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an assignment looks for."""

    patterns: tuple[str, ...]  # globs, best first
    names: tuple[str, ...]  # that checks look up


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What was read of a submission."""

    program: Program | None = None
    document: Document | None = None
    notes: tuple[Text, ...] = ()
    problem: Text = Text()  # why there is no program
    files: tuple[str, ...] = ()  # what the program and the document were read from


def read(submission: Submission, wanted: Wanted) -> Loaded:
    """The work in a submission, chosen by what it defines, then by the assignment's patterns."""
    if not submission.files:
        return Loaded(problem=text("No file was handed in."))
    candidates = [c for c in (_candidate(f, wanted) for f in submission.files) if c is not None]
    if not candidates:
        return Loaded(
            problem=text("No notebook and no Python module was found among the files handed in."),
            files=tuple(f.path for f in submission.files),
        )
    candidates.sort(key=lambda c: c.rank)
    best = candidates[0]
    notes: tuple[Text, ...] = ()
    if len(candidates) > 1:
        others = ", ".join(c.file.path for c in candidates[1:4])
        notes = (
            text(
                "{path} was graded: it defines most of what is asked. Others: {others}.",
                path=best.file.path,
                others=others,
            ),
        )
    program = Program(
        path=best.file.path,
        units=tuple(
            CodeUnit(source=c.source, label=c.label, anchor=c.anchor) for c in best.cells if c.kind == "code"
        ),
        files=tuple(f for f in submission.files if f is not best.file),
    )
    document = Document(path=best.file.path, cells=best.cells)
    return Loaded(program=program, document=document, notes=notes, files=(best.file.path,))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    file: HandedFile
    cells: tuple[Cell, ...]
    rank: tuple[object, ...]


def _candidate(file: HandedFile, wanted: Wanted) -> _Candidate | None:
    name = PurePosixPath(file.path).name
    if name.endswith(".ipynb"):
        try:
            cells = read_cells(file.content)
        except NotANotebook:
            return None
    elif name.endswith(".py"):
        cells = (Cell(kind="code", source=decode(file.content), label=name, anchor="module"),)
    else:
        return None
    code = "\n".join(c.source for c in cells if c.kind == "code")
    pattern = next((i for i, p in enumerate(wanted.patterns) if fnmatch(name, p)), len(wanted.patterns))
    rank = (-count_defined(code, wanted.names), pattern, file.path)
    return _Candidate(file=file, cells=cells, rank=rank)


def count_defined(code: str, names: tuple[str, ...]) -> int:
    """How many of `names` the code defines, judged by its text alone: nothing strange is parsed here."""
    found = re.findall(r"^[ \t]*(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=", code, re.MULTILINE)
    return len({a or b for a, b in found} & set(names))
