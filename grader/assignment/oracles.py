"""The reference and its variants as names in our process."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

from grader.errors import AssignmentError
from grader.model import CodeUnit, Program, Text, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A variant of the reference: source that is run after it, in the same names."""

    id: str
    path: Path
    source: str
    words: Text  # first line of its docstring


def read_overlays(folder: Path) -> tuple[Overlay, ...]:
    """The overlays in a folder, by name; none where it does not exist."""
    return tuple(_read_overlay(path) for path in sorted(folder.glob("*.py")))


def _read_overlay(path: Path) -> Overlay:
    source, tree = read_python(path)
    words = ast.get_docstring(tree)
    if not words:
        raise AssignmentError(f"{path} has no docstring", "say in its first line what is different")
    return Overlay(id=path.stem, path=path, source=source, words=text(words.splitlines()[0].rstrip(".")))


def read_python(path: Path) -> tuple[str, ast.Module]:
    """The source that an author wrote, and what it says; raises AssignmentError with file and line."""
    try:
        source = path.read_text("utf-8")
        tree = ast.parse(source)
        compile(tree, str(path), "exec", dont_inherit=True)  # sees a `return` outside a function, too
        return source, tree
    except SyntaxError as error:
        line = f"line {error.lineno}" if error.lineno else "it"
        raise AssignmentError(f"{path}: {line} is not Python ({error.msg})", "mend it") from None
    except ValueError as error:  # no UTF-8, or a null character
        raise AssignmentError(f"{path} is not Python ({error})", "save it as text in UTF-8") from None


def names_of(reference: Path, overlay: Overlay | None = None) -> Callable[[], dict[str, Any]]:
    """Gives the names that the reference, and the overlay after it, define: anew at each call."""

    def fresh() -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": f"reference_{reference.stem}", "__file__": str(reference)}
        for path in (reference, overlay.path) if overlay else (reference,):
            try:
                exec(_compiled(path), names)
            except Exception as error:
                raise AssignmentError(
                    f"{path} does not run: {type(error).__name__}: {error}", "mend it"
                ) from error
        return names

    return fresh


@cache
def _compiled(path: Path) -> CodeType:
    return compile(path.read_text("utf-8"), str(path), "exec", dont_inherit=True)


def as_program(reference: Path, overlay: Overlay | None = None) -> Program:
    """The reference, and the overlay after it, as if a student had handed them in."""
    units = [CodeUnit(source=reference.read_text("utf-8"), label=reference.name)]
    if overlay is not None:
        units.append(CodeUnit(source=overlay.source, label=overlay.path.name))
    return Program(path=reference.name, units=tuple(units))


def imports_of(path: Path) -> tuple[str, ...]:
    """The modules that a file imports beside the standard library, dotted, sorted."""
    found: set[str] = set()
    for node in ast.walk(read_python(path)[1]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return tuple(sorted(m for m in found if m.split(".")[0] not in sys.stdlib_module_names))


def signatures_of(path: Path) -> dict[str, tuple[str, ...]]:
    """The arguments of each function and method of a file, by "name" or "Class.method", without self."""
    found: dict[str, tuple[str, ...]] = {}
    for node in read_python(path)[1].body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = _arguments(node)
        elif isinstance(node, ast.ClassDef):
            methods = [m for m in node.body if isinstance(m, ast.FunctionDef)]
            found |= {f"{node.name}.{m.name}": _arguments(m)[1:] for m in methods if not m.decorator_list}
    return found


def _arguments(function: ast.FunctionDef) -> tuple[str, ...]:
    return tuple(a.arg for a in (*function.args.posonlyargs, *function.args.args))
