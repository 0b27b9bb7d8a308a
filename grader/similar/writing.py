"""What a student wrote: the handout taken away, cells in any order, unit by unit."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from grader.model import Document

MAX_CHARACTERS = 200_000  # of one hand-in; beyond, the rest is left out
MIN_COMMENT = 12  # characters: shorter ones are everybody's
TOP = "top level"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One function, method or run of other statements."""

    name: str  # "Linear.forward"
    source: str  # as it was written
    bare: str  # without comments, docstring and layout: what makes two units the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """All that one student wrote, in an order that does not depend on that of the cells."""

    key: str
    name: str
    number: str  # tells students of one name apart: Moodle's, or the key
    units: tuple[Unit, ...]
    comments: frozenset[str]

    @property
    def source(self) -> str:
        """The units, one after the other."""
        return _joined(self.units)


def writing_of(
    key: str, name: str, document: Document, handout: Handout, *, number: str | None = None
) -> Writing:
    """What is left of a hand-in without what was handed out."""
    units: list[Unit] = []
    comments: set[str] = set()
    left = MAX_CHARACTERS
    for cell in document.cells:
        if cell.kind != "code" or left <= 0:
            continue
        source = cell.source[:left]
        left -= len(source)
        units += [unit for unit in units_of(source) if unit.bare not in handout.bare]
        comments |= {c for c in comments_of(source) if c not in handout.comments}
    return Writing(
        key=key, name=name, number=number or key, units=_in_order(units), comments=frozenset(comments)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Handout:
    """What every student was given."""

    source: str = ""
    bare: frozenset[str] = frozenset()
    comments: frozenset[str] = frozenset()


def handout_of(source: str) -> Handout:
    """The handout in a module's source."""
    return Handout(
        source=source,
        bare=frozenset(unit.bare for unit in units_of(source)),
        comments=frozenset(comments_of(source)),
    )


def source_without(source: str, handout: Handout) -> str:
    """A module's source as that of a hand-in is: without the handout, its units in order."""
    return _joined(_in_order(unit for unit in units_of(source) if unit.bare not in handout.bare))


def _in_order(units: Iterable[Unit]) -> tuple[Unit, ...]:
    return tuple(sorted(units, key=lambda unit: (unit.name, unit.bare)))


def _joined(units: Iterable[Unit]) -> str:
    return "\n\n".join(unit.source for unit in units)


def units_of(source: str) -> Iterator[Unit]:
    """The units of a cell. One that is no Python is a single unit."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        if source.strip():
            yield Unit(name=TOP, source=source, bare=" ".join(source.split()))
        return
    yield from _units(tree.body, "", source)


def _units(body: Iterable[ast.stmt], prefix: str, source: str) -> Iterator[Unit]:
    loose: list[ast.stmt] = []
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _units(node.body, f"{prefix}{node.name}.", source)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            bare = _bare([node])
            if bare:
                yield Unit(name=prefix + node.name, source=_segment([node], source), bare=bare)
        elif not isinstance(node, (ast.Import, ast.ImportFrom)) and not _is_text(node):
            loose.append(node)
    if loose and (bare := _bare(loose)):
        yield Unit(name=prefix.rstrip(".") or TOP, source=_segment(loose, source), bare=bare)


def _bare(nodes: list[ast.stmt]) -> str:
    """The code of `nodes` as Python would write it; empty where it is nested too deeply."""
    try:
        copies = [_without_docstrings(ast.parse(ast.unparse(node))) for node in nodes]
        return "\n".join(ast.unparse(copy) for copy in copies)
    except (RecursionError, ValueError, SyntaxError, MemoryError):
        return ""


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            node.body = [s for s in node.body if not _is_text(s)] or [ast.Pass()]
    return tree


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _segment(nodes: list[ast.stmt], source: str) -> str:
    lines = source.splitlines()
    parts = [lines[node.lineno - 1 : node.end_lineno] for node in nodes]
    return "\n".join(line for part in parts for line in part)


def comments_of(source: str) -> Iterator[str]:
    """The comments that are long enough to be somebody's own, in lower case."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                words = " ".join(token.string.lstrip("#! %").lower().split())
                if len(words) >= MIN_COMMENT:
                    yield words
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return
