"""Sentences that students must not read before the grading: titles of hidden checks, words of known mistakes.

The catalogues of translations hold them, so that pages speak French; the wheel of a handout goes without.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import read_po, write_po

_SECRET = ("checks/hidden/**/*.py", "mistakes/*.py", "variants/*.py")
_OPEN = ("checks/*.py", "checks/public/**/*.py")


def secret_sentences(assignments: Path, package: Path) -> frozenset[str]:
    """What is said only in hidden checks, mistakes and variants of the assignments in a folder."""
    folders = [p.parent for p in sorted(assignments.glob("*/assignment.toml"))]
    hidden = _said(p for folder in folders for pattern in _SECRET for p in folder.glob(pattern))
    known = _said(p for folder in folders for pattern in _OPEN for p in folder.glob(pattern))
    return frozenset(hidden - known - _said(package.rglob("*.py")))


def without(catalogue: bytes, secrets: frozenset[str]) -> bytes:
    """A PO file less the entries whose sentence is secret."""
    messages = read_po(BytesIO(catalogue))
    for message in list(messages):
        sentences = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        if message.id and any(sentence.rstrip(".") in secrets for sentence in sentences):
            messages.delete(message.id)
    written = BytesIO()
    # the header as it is: one written anew would hold the time
    write_po(written, messages, width=0, omit_header=True, ignore_obsolete=True)
    return catalogue.partition(b"\n\n")[0] + b"\n\n" + written.getvalue().lstrip()


def _said(paths: Iterable[Path]) -> set[str]:
    """All the text in Python files, and the first lines of docstrings, without a full stop at the end."""
    return {words.rstrip(".") for path in sorted(paths) for words in _texts(path)}


def _texts(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            yield inspect.cleandoc(node.value).partition("\n")[0]
