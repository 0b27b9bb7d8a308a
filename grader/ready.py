"""Is a file ready to be handed in? What a student can still put right, and how."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatch
from pathlib import PurePath, PureWindowsPath
from typing import Any

from grader.assignment import Assignment
from grader.checks.connection import Interrupted
from grader.grade import request_for
from grader.load import Loaded, Wanted, notes_of, read
from grader.model import LoadMode, Program, Submission, Text, text
from grader.sandbox import Session, Slot

MAX_BYTES = 10 << 20
MAX_OUTPUT_BYTES = 1 << 20
SLOW_SHARE = 0.5  # of the time that loading may take
_IMPORTS = ("import_refused", "import_missing")
_DATA = re.compile(r"\.(csv|tsv|txt|npy|npz|json|gz|pkl|mat|png|jpe?g|ubyte|zip|h5)$", re.IGNORECASE)


class Verdict(StrEnum):
    """How one point stands."""

    GOOD = "good"
    WARNING = "warning"  # graded all the same
    PROBLEM = "problem"  # costs points


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One thing that was looked at."""

    verdict: Verdict
    found: Text
    todo: Text = Text()


def look_over(submission: Submission, assignment: Assignment, slot: Slot, *, seed: int) -> tuple[Point, ...]:
    """All that can be said about a file before it is handed in, from the outside to the inside."""
    settings = assignment.settings
    file = submission.files[0]
    points = [_name(file.path, settings.files.wanted, assignment.id), _size(len(file.content))]
    loaded = read(submission, Wanted(patterns=settings.files.wanted, names=settings.names))
    if loaded.program is None:
        words = text("Save it as a notebook or a Python module, and open it once to see that it is whole.")
        return (*points, Point(verdict=Verdict.PROBLEM, found=loaded.problem, todo=words))
    if file.path.endswith(".ipynb"):
        points.append(_outputs(file.content))
    points += _loading(loaded, loaded.program, assignment, slot, seed)
    points += _data_paths(loaded.program)
    return tuple(points)


def _good(found: Text) -> Point:
    return Point(verdict=Verdict.GOOD, found=found)


def _name(path: str, wanted: Sequence[str], tp: str) -> Point:
    name = PurePath(path).name
    best = [p for p in wanted if tp in p] or list(wanted)
    if any(fnmatch(name, p) for p in best):
        return _good(text("{name} is a name that is looked for.", name=name))
    suffix = PurePath(name).suffix
    verdict = Verdict.WARNING if any(fnmatch(name, p) for p in wanted) else Verdict.PROBLEM
    found = text("{name} is not a name that is looked for first.", name=name)
    return Point(verdict=verdict, found=found, todo=text("Call it {name}.", name=f"{tp}{suffix or '.ipynb'}"))


def _size(size: int) -> Point:
    shown = f"{size / (1 << 20):.1f}" if size >= 1 << 20 else f"{size / (1 << 20):.2f}"
    if size <= MAX_BYTES:
        return _good(text("It has {size} MB.", size=shown))
    todo = text("Clear its outputs and save it again; leave data and pictures out.")
    return Point(verdict=Verdict.WARNING, found=text("It has {size} MB.", size=shown), todo=todo)


def _outputs(content: bytes) -> Point:
    try:
        cells = json.loads(content)["cells"]
        sizes = [len(json.dumps(cell.get("outputs", []))) for cell in cells]
    except (ValueError, KeyError, TypeError, AttributeError):
        return _good(text("Its outputs were not measured."))
    if sum(sizes) <= MAX_OUTPUT_BYTES:
        return _good(text("Its outputs are small."))
    worst = max(range(len(sizes)), key=sizes.__getitem__)
    found = text(
        "Its outputs have {size} MB, most of it in cell {number}.",
        size=f"{sum(sizes) / (1 << 20):.1f}",
        number=worst + 1,
    )
    return Point(
        verdict=Verdict.WARNING, found=found, todo=text("Clear the output of that cell and save it again.")
    )


# --- loading --------------------------------------------------------------------------------------------


def _loading(
    loaded: Loaded, program: Program, assignment: Assignment, slot: Slot, seed: int
) -> Iterator[Point]:
    """A run from a clean start, whole; where that does not end, of its definitions."""
    try:
        with _start(program, assignment, slot, seed, LoadMode.ALL) as session:
            yield from _whole_run(session, assignment)
            yield from _report(session.report, assignment)
            return
    except Interrupted as error:
        yield _not_whole(error, assignment)
    try:
        with _start(program, assignment, slot, seed, LoadMode.DEFINITIONS) as session:
            yield from _report(session.report, assignment)
    except Interrupted as error:
        yield Point(
            verdict=Verdict.PROBLEM,
            found=error.message,
            todo=text("Restart the kernel, run all cells, and mend the first that does not end."),
        )


def _start(program: Program, assignment: Assignment, slot: Slot, seed: int, mode: LoadMode) -> Session:
    request = request_for(program, assignment, mode)
    return slot.load(request, program.files, assignment.limits(), seed=seed)


def _not_whole(error: Interrupted, assignment: Assignment) -> Point:
    if assignment.settings.load.mode is LoadMode.DEFINITIONS:
        found = text("Running all of it did not end well: {why}", why=error.message)
        todo = text("This costs nothing: only imports, functions and classes are run in the grading.")
        return Point(verdict=Verdict.WARNING, found=found, todo=todo)
    return Point(
        verdict=Verdict.PROBLEM,
        found=error.message,
        todo=text("Make it shorter: fewer epochs, less data, or move training into functions."),
    )


def _whole_run(session: Session, assignment: Assignment) -> Iterator[Point]:
    failed = [u for u in _list(session.report.get("units")) if u.get("status") in ("failed", "partly")]
    if failed:
        labels = ", ".join(str(u.get("label"))[:80] for u in failed[:5])
        yield Point(
            verdict=Verdict.WARNING,
            found=text("From a clean start, these do not run to their end: {labels}.", labels=labels),
            todo=text("Restart the kernel, run all cells, and mend the first error."),
        )
    else:
        yield _good(text("It runs from a clean start."))
    seconds = sum(c.wall_s for c in session.costs if c.check == "load")
    found = text("Running all of it takes {seconds} s.", seconds=f"{seconds:.1f}")
    if seconds <= SLOW_SHARE * assignment.limits().load_s:
        yield _good(found)
    else:
        todo = text("Keep it below {limit} s.", limit=f"{assignment.limits().load_s:g}")
        yield Point(verdict=Verdict.WARNING, found=found, todo=todo)


def _report(report: Mapping[str, Any], assignment: Assignment) -> Iterator[Point]:
    defined = report.get("defined")
    names = assignment.settings.names
    missing = [n for n in names if not isinstance(defined, dict) or n not in defined]
    if missing:
        found = text("Not defined: {names}.", names=", ".join(missing))
        todo = text("Write them with exactly these names, outside of other functions.")
        yield Point(verdict=Verdict.PROBLEM, found=found, todo=todo)
    else:
        yield _good(text("All the names that are asked for are there."))
    notes = [n for n in _list(report.get("notes")) if n.get("code") in _IMPORTS]
    for words in notes_of({"notes": notes}):
        yield Point(
            verdict=Verdict.PROBLEM, found=words, todo=text("Do without it, or ask whether it may be used.")
        )
    if not notes:
        yield _good(text("Everything that it imports is allowed."))


def _list(value: object) -> list[dict[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list | tuple) else []


# --- data -----------------------------------------------------------------------------------------------


def _data_paths(program: Program) -> Iterator[Point]:
    beside = {PurePath(f.path).name for f in program.files}
    found = sorted({p for unit in program.units for p in _paths_in(unit.source)} - beside)
    for path in found[:10]:
        yield Point(
            verdict=Verdict.WARNING,
            found=text("It reads {path}, which will not be there in the grading.", path=path),
            todo=text("Load data in a function that the checks do not need, or from scikit-learn."),
        )


def _paths_in(source: str) -> Iterator[str]:
    """The literal arguments of calls that look like a path of a data file."""
    code = "\n".join("pass" if line.startswith(("%", "!")) else line for line in source.splitlines())
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and not _writes(node):
            arguments = [*node.args, *(k.value for k in node.keywords)]
            words = [a.value for a in arguments if isinstance(a, ast.Constant) and isinstance(a.value, str)]
            yield from filter(_is_path, words)


def _writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("savefig", "save", "savez", "savetxt", "to_csv", "print")


def _is_path(words: str) -> bool:
    if "\n" in words or len(words) > 300 or "://" in words:
        return False
    return bool(_DATA.search(words)) or (PureWindowsPath(words).is_absolute() and len(words) > 3)
