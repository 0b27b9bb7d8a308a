"""A notebook's bytes to cells, whatever its format and however damaged."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from grader.load.conflicts import has_conflict, one_side
from grader.load.decoding import decode, is_wide
from grader.load.stripping import is_buildable, without_outputs
from grader.load.tolerant import NotANotebook, read_json
from grader.model import Cell, Text, text

MAX_OUTPUT = 2_000  # characters of one output that are shown
MAX_OUTPUTS = 20  # of one cell
MAX_SOURCE = 400_000  # characters of one cell
MAX_ALL_SOURCES = 5_000_000
_DATA_URI = re.compile(r"data:[\w/+.-]+;base64,[A-Za-z0-9+/=]{200,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """What people and the worker need of a notebook."""

    cells: tuple[Cell, ...]
    notes: tuple[Text, ...] = ()


def read_notebook(content: bytes) -> Notebook:
    """The cells of a notebook, in order. Raises NotANotebook."""
    if is_wide(content):
        content = decode(content).encode("utf-8", "replace")
    stripped, _ = without_outputs(content)
    if not is_buildable(stripped):
        raise NotANotebook
    found = read_json(decode(stripped))
    cells: list[Cell] = []
    notes = list(found.notes)
    room = MAX_ALL_SOURCES
    for number, raw in enumerate(found.cells, 1):
        cell, more = _cell(raw, number, room)
        room -= len(cell.source)
        cells.append(cell)
        notes += more
    return Notebook(cells=tuple(cells), notes=tuple(dict.fromkeys(notes)))


def _cell(raw: dict[str, Any], number: int, room: int) -> tuple[Cell, list[Text]]:
    kind = _kind(raw)
    label = f"cell {number}"
    source = _joined(raw.get("source", raw.get("input", "")))
    notes: list[Text] = []
    if kind != "code":
        source = _DATA_URI.sub("data:,", source)
    if len(source) > min(MAX_SOURCE, room):
        source = source[:1000] if kind != "code" else ""
        notes.append(text("{label} is too long: it was left out.", label=label))
    source = _clean(source)
    if kind == "code" and has_conflict(source):
        source = one_side(source, first=True)
        notes.append(
            text("{label} holds the marks of a merge: the first side of each conflict was read.", label=label)
        )
    if raw.get("cell_type") == "heading":
        source = f"# {source}"
    outputs = _outputs(raw.get("outputs"))
    return Cell(kind=kind, source=source, label=label, anchor=f"cell-{number}", outputs=outputs), notes


def _kind(raw: dict[str, Any]) -> str:
    kind = raw.get("cell_type")
    if kind in ("code", "raw"):
        return str(kind)
    is_code = kind is None and any(k in raw for k in ("outputs", "execution_count", "prompt_number", "input"))
    return "code" if is_code else "markdown"


def _joined(source: object) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _clean(words: str) -> str:
    """Text that every later stage can write: newlines only, no NUL, no half of a surrogate pair."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")
    return words if words.isascii() else words.encode("utf-8", "replace").decode()


def _outputs(outputs: object) -> tuple[str, ...]:
    found: list[str] = []
    for output in outputs[: 5 * MAX_OUTPUTS] if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        plain = data.get("text/plain") if isinstance(data, dict) else None
        words = _joined(output.get("text")) or _joined(plain) or _error(output)
        if words:
            found.append(_clean(words[:MAX_OUTPUT]))
    return tuple(found[:MAX_OUTPUTS])


def _error(output: dict[str, Any]) -> str:
    if output.get("output_type") not in ("error", "pyerr"):
        return ""
    return f"{_joined(output.get('ename'))}: {_joined(output.get('evalue'))}"


__all__ = ["NotANotebook", "Notebook", "read_notebook"]
