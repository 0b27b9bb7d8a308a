"""Which of the files handed in is the work, and what is in it. Pure: bytes in, values out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePosixPath

from grader.load.archives import opened
from grader.load.conflicts import has_conflict, one_side
from grader.load.decoding import decode
from grader.load.kinds import Kind, kind_of, what_to_hand_in
from grader.load.notebook import NotANotebook, read_notebook
from grader.model import Cell, CodeUnit, Document, HandedFile, Program, Submission, Text, text

MAX_FILE_BYTES = 64_000_000
MAX_MODULE_BYTES = 5_000_000
MAX_CANDIDATES = 20
MAX_NAME = 120


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
    files: tuple[str, ...] = ()  # what was handed in, the file that was graded first


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    file: HandedFile
    cells: tuple[Cell, ...]
    notes: tuple[Text, ...]
    filled: frozenset[str]  # the names asked for that it defines, blanks apart
    defined: frozenset[str]
    imported: frozenset[str]  # modules and files that it names


def read(submission: Submission, wanted: Wanted) -> Loaded:
    """The work in a submission, chosen by what it defines, then by the assignment's patterns."""
    files = opened(submission.files)
    if not files.files:
        problem = files.notes[0] if files.notes else submission.problem or text("No file was handed in.")
        return Loaded(problem=problem, files=tuple(f.path for f in submission.files))
    kinds = [(file, kind_of(file)) for file in files.files]
    codes: list[tuple[HandedFile, Kind]] = [(f, k) for f, k in kinds if k in (Kind.NOTEBOOK, Kind.MODULE)]
    codes = codes or [(f, _by_name(f)) for f, k in kinds if k is Kind.JUNK and _is_checkpoint(f)]
    codes.sort(key=lambda pair: (_pattern(pair[0].path, wanted), pair[0].path))
    candidates, faults = [], []
    for file, kind in codes[:MAX_CANDIDATES]:
        found = _candidate(file, kind, wanted)
        if isinstance(found, Text):
            faults.append(found)
        else:
            candidates.append(found)
    if not candidates:
        names = ", ".join(PurePosixPath(f.path).name for f, k in kinds[:5] if k is not Kind.JUNK) or "…"
        problem = faults[0] if faults else what_to_hand_in(frozenset(k for _, k in kinds), names[:MAX_NAME])
        return Loaded(problem=problem, notes=files.notes, files=tuple(f.path for f in files.files))
    reached = _reached(candidates)
    candidates.sort(key=lambda c: _rank(c, reached[c.file.path], wanted))
    return _loaded(candidates, reached, kinds, (*files.notes, *faults))


def _loaded(
    candidates: list[_Candidate],
    reached: dict[str, frozenset[str]],
    kinds: list[tuple[HandedFile, Kind]],
    notes: tuple[Text, ...],
) -> Loaded:
    best = candidates[0]
    units = tuple(
        CodeUnit(source=c.source, label=c.label, anchor=c.anchor) for c in best.cells if c.kind == "code"
    )
    own_module = best.file.path.endswith(".py")  # the files beside it may import it
    others = [f for f, k in kinds if k is not Kind.JUNK and f is not best.file]
    beside = [*others, best.file] if own_module else others
    program = Program(path=best.file.path, units=units, files=_beside(best.file, beside))
    return Loaded(
        program=program,
        document=Document(path=best.file.path, cells=best.cells),
        notes=(*notes, *_choice(candidates, reached), *best.notes),
        files=(best.file.path, *(f.path for f in others)),
    )


def _choice(candidates: list[_Candidate], reached: dict[str, frozenset[str]]) -> tuple[Text, ...]:
    """Which file was graded, where another could have been meant."""
    best = candidates[0]
    rivals = [c for c in candidates[1:] if c.defined or not best.defined]
    rivals = [c for c in rivals if PurePosixPath(c.file.path).stem not in best.imported]
    if not rivals:
        return ()
    others = ", ".join(c.file.path[:MAX_NAME] for c in rivals[:4])
    found = reached[best.file.path]
    if len(found) > len(reached[rivals[0].file.path]):
        return (
            text(
                "{path} was graded: it defines {count} of the names asked for, more than {others}.",
                path=best.file.path,
                count=len(found),
                others=others,
            ),
        )
    return (text("{path} was graded; beside it lay {others}.", path=best.file.path, others=others),)


def _beside(work: HandedFile, others: list[HandedFile]) -> tuple[HandedFile, ...]:
    """The other files, at the paths that they have as seen from the work's folder."""
    folder = PurePosixPath(work.path).parent
    placed: dict[str, HandedFile] = {}
    for file in others:
        path = PurePosixPath(file.path)
        is_near = folder in path.parents
        name = str(path.relative_to(folder) if is_near else path)
        if is_near or name not in placed:
            placed[name] = HandedFile(path=name, content=file.content, modified=file.modified)
    return tuple(placed[name] for name in sorted(placed))


# --- candidates --------------------------------------------------------------------------------------------


def _candidate(file: HandedFile, kind: Kind, wanted: Wanted) -> _Candidate | Text:
    """What a file offers, or why it cannot be read."""
    limit = MAX_FILE_BYTES if kind is Kind.NOTEBOOK else MAX_MODULE_BYTES
    if len(file.content) > limit:
        return text("{path} is too large to be read.", path=file.path)
    cells: tuple[Cell, ...]
    notes: tuple[Text, ...]
    if kind is Kind.NOTEBOOK:
        try:
            notebook = read_notebook(file.content)
        except NotANotebook:
            return text(
                "{path} is damaged: no cell could be read. Open it in Jupyter, save it and hand it in again.",
                path=file.path,
            )
        cells, notes = notebook.cells, notebook.notes
    else:
        cells, notes = _module(file)
    code = "\n".join(c.source for c in cells if c.kind == "code")
    if not code.strip():
        return text("{path} holds no code: all of its cells are empty.", path=file.path)
    filled, defined = find_defined(code, wanted.names)
    imported = frozenset(a or b for a, b in _IMPORTED.findall(code))
    return _Candidate(file=file, cells=cells, notes=notes, filled=filled, defined=defined, imported=imported)


_IMPORTED = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+\.*(?:\w+\.)*(\w+)|^%run[ \t]+(?:-\w+[ \t]+)*[\"']?(?:[^\s\"']*/)?(\w+)",
    re.MULTILINE,
)


def _reached(candidates: list[_Candidate]) -> dict[str, frozenset[str]]:
    """For each file the names that it defines or gets from files handed in that it imports."""
    by_stem = {PurePosixPath(c.file.path).stem: c for c in reversed(candidates)}
    found: dict[str, frozenset[str]] = {}
    for candidate in candidates:
        seen, todo = {candidate.file.path: candidate}, [candidate]
        while todo:
            for stem in todo.pop().imported & by_stem.keys():
                if by_stem[stem].file.path not in seen:
                    seen[by_stem[stem].file.path] = by_stem[stem]
                    todo.append(by_stem[stem])
        found[candidate.file.path] = frozenset[str]().union(*(c.filled for c in seen.values()))
    return found


def _rank(candidate: _Candidate, reached: frozenset[str], wanted: Wanted) -> tuple[object, ...]:
    file = candidate.file
    newest = -file.modified.timestamp() if file.modified else 0.0
    return (
        -len(reached),
        -len(candidate.filled),
        -len(candidate.defined),
        _is_draft(file.path),
        _pattern(file.path, wanted),
        newest,
        file.path,
    )


def _module(file: HandedFile) -> tuple[tuple[Cell, ...], tuple[Text, ...]]:
    name = PurePosixPath(file.path).name
    label = name if name.endswith(".py") else f"{name}.py"
    source = decode(file.content).encode("utf-8", "replace").decode()
    notes: tuple[Text, ...] = ()
    if has_conflict(source):
        source = one_side(source, first=True)
        notes = (
            text(
                "{label} holds the marks of a merge: the first side of each conflict was read.", label=label
            ),
        )
    return (Cell(kind="code", source=source, label=label, anchor="module"),), notes


def _by_name(file: HandedFile) -> Kind:
    return Kind.NOTEBOOK if file.path.endswith(".ipynb") else Kind.MODULE


def _is_checkpoint(file: HandedFile) -> bool:
    name = PurePosixPath(file.path).name
    return name.endswith(("-checkpoint.ipynb", "-checkpoint.py"))


_DRAFT = re.compile(
    r"\(\d+\)|\bcop(?:y|ie)\b|[-_ ](?:old|draft|backup|bak|brouillon|ancien|starter|enonce)\b", re.IGNORECASE
)


def _is_draft(path: str) -> bool:
    return _DRAFT.search(path) is not None


def _pattern(path: str, wanted: Wanted) -> int:
    name = PurePosixPath(path).name.lower()
    return next((i for i, p in enumerate(wanted.patterns) if fnmatch(name, p.lower())), len(wanted.patterns))


_DEFINED = re.compile(r"^[ \t]*(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*=(?!=)", re.MULTILINE)
_BLANK = re.compile(r"NotImplementedError|^[ \t]+(?:pass|\.\.\.)[ \t]*$", re.MULTILINE)
_OUTSIDE = re.compile(r"^\S", re.MULTILINE)


def find_defined(code: str, names: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Which of `names` the code defines without and with blanks, judged by its text alone.

    Nothing strange is parsed in this process. A name is blank when every definition of it looks unfinished.
    """
    asked = frozenset(names)
    filled: set[str] = set()
    defined: set[str] = set()
    for match in _DEFINED.finditer(code):
        name = match[1] or match[2]
        if name in asked:
            defined.add(name)
            outside = _OUTSIDE.search(code, match.end())
            if not _BLANK.search(code, match.start(), outside.start() if outside else len(code)):
                filled.add(name)
    return frozenset(filled), frozenset(defined)
