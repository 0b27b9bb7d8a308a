"""A notebook's JSON as far as it goes: whole, one of two documents, one side of a merge, or cell by cell."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from grader.load.conflicts import has_conflict, one_side
from grader.model import Text, text

MAX_STARTS = 20_000
MAX_CELLS = 5_000
MAX_EFFORT = 20_000_000  # characters read in vain, looking for whole cells
_decoder = json.JSONDecoder(strict=False)
_FIELDS = r"cell_type|attachments|execution_count|id|metadata|outputs|source|input|collapsed|language"
_START = re.compile(rf'\{{\s*"(?:{_FIELDS})"\s*:')
_KIND = re.compile(r'"cell_type"\s*:\s*"(code|markdown|raw|heading)"')
_SOURCE = re.compile(r'"(?:source|input)"\s*:\s*(\[?)[ \t]*\n?')
_LINE = re.compile(r'[ \t]*"(.*)"[ \t]*,?[ \t]*$')
_STRING = re.compile(r'[\s,]*+"((?:[^"\\]++|\\.)*+)"', re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "", '"': '"', "\\": "\\", "/": "/", "b": "", "f": ""}


class NotANotebook(ValueError):
    """Nothing in the file can be read as cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Cells as the JSON has them, and what was done to get them."""

    cells: tuple[dict[str, Any], ...]
    notes: tuple[Text, ...] = ()


def read_json(words: str) -> Read:
    """The cells of a notebook's text. Raises NotANotebook where there is none."""
    cells = _cells_of(_parsed(words))
    if cells is not None:
        return Read(cells=cells)
    if has_conflict(words):
        return _merged(words)
    documents = _documents(words)
    if len(documents) > 1:
        best = max(documents, key=_code_size)
        note = text("The notebook's file holds two notebooks, one after the other: the longer was read.")
        return Read(cells=best, notes=(note,))
    return _salvaged(words)


def _merged(words: str) -> Read:
    note = text(
        "The notebook's file holds the marks of a merge that was not finished: of each conflict the first"
        " side was read."
    )
    for first in (True, False):
        cells = _cells_of(_parsed(one_side(words, first=first)))
        if cells is not None:
            if not first:
                note = text(
                    "The notebook's file holds the marks of a merge that was not finished: of each conflict"
                    " the second side was read, as the first is not whole."
                )
            return Read(cells=cells, notes=(note,))
    rest = _salvaged(one_side(words, first=True))
    return Read(cells=rest.cells, notes=(note, *rest.notes))


def _parsed(words: str) -> object:
    try:
        return json.loads(words, strict=False)
    except (ValueError, RecursionError):
        return None


def _cells_of(document: object) -> tuple[dict[str, Any], ...] | None:
    """The cells of a notebook of any format; None where it is no notebook."""
    if isinstance(document, dict) and isinstance(document.get("content"), dict):
        document = document["content"]  # as Jupyter's contents service saves it
    if isinstance(document, dict):
        cells: Any = document.get("cells")
        if not isinstance(cells, list):
            sheets = document.get("worksheets")
            if not isinstance(sheets, list):
                return None
            found = [s.get("cells") for s in sheets if isinstance(s, dict)]
            cells = [cell for part in found if isinstance(part, list) for cell in part]
    elif isinstance(document, list) and any(isinstance(c, dict) and "cell_type" in c for c in document):
        cells = document
    else:
        return None
    return tuple(c for c in cells[:MAX_CELLS] if isinstance(c, dict))


def _documents(words: str) -> list[tuple[dict[str, Any], ...]]:
    found: list[tuple[dict[str, Any], ...]] = []
    at = 0
    while len(found) < 4 and (at := words.find("{", at)) >= 0:
        try:
            document, at = _decoder.raw_decode(words, at)
        except (ValueError, RecursionError):
            break
        cells = _cells_of(document)
        if cells is not None:
            found.append(cells)
    return found if len(found) > 1 else []


def _code_size(cells: tuple[dict[str, Any], ...]) -> int:
    return sum(len(str(c.get("source", ""))) for c in cells if c.get("cell_type") == "code")


# --- cell by cell ---------------------------------------------------------------------------------------


def _salvaged(words: str) -> Read:
    cells: list[dict[str, Any]] = []
    damaged = 0
    starts = [m.start() for m in islice(_START.finditer(words), MAX_STARTS)]
    index, effort = 0, MAX_EFFORT
    while index < len(starts) and len(cells) < MAX_CELLS:
        at = starts[index]
        index += 1
        cell, end = _whole_cell(words, at) if effort > 0 else (None, at)
        if cell is None:
            effort -= max(end - at, 0)
            end = _next_cell(words, starts, index)
            cell = _torn_cell(words[at:end])
            damaged += cell is not None
        if cell is not None:
            cells.append(cell)
            while index < len(starts) and starts[index] < end:
                index += 1
    if not cells:
        raise NotANotebook
    note = text(
        "The notebook's file is damaged: {count} cells could be read, {damaged} of them in part.",
        count=len(cells),
        damaged=damaged,
    )
    return Read(cells=tuple(cells), notes=(note,))


def _whole_cell(words: str, at: int) -> tuple[dict[str, Any] | None, int]:
    """A cell that is whole, and where it ends; None, and how far it was read, for anything else."""
    try:
        found, end = _decoder.raw_decode(words, at)
    except json.JSONDecodeError as error:
        return None, error.pos
    except RecursionError:
        return None, at + MAX_EFFORT // 20
    is_cell = isinstance(found, dict) and "cell_type" in found and ("source" in found or "input" in found)
    return (found if is_cell else None), end


def _next_cell(words: str, starts: list[int], index: int) -> int:
    """Where the next cell begins: at the next start that a kind of cell follows."""
    for at in starts[index : index + 50]:
        if '"cell_type"' in words[at : at + 200]:
            return at
    return len(words) if index >= len(starts) else starts[min(index + 49, len(starts) - 1)]


def _torn_cell(part: str) -> dict[str, Any] | None:
    kind, source = _KIND.search(part), _SOURCE.search(part)
    if source is None or (kind is None and '"outputs"' not in part):
        return None
    lines = _torn_lines(part[source.end() :]) if source[1] else _torn_strings(part[source.end() :], 1)
    return {"cell_type": kind[1] if kind else "code", "source": lines} if lines else None


def _torn_lines(part: str) -> list[str]:
    """The strings of a list that stands one string to a line, each with what can be read of it."""
    first = part.split("\n", 1)[0]
    if not _LINE.match(first):
        return _torn_strings(part, 100_000)
    found: list[str] = []
    for line in part.split("\n"):
        match = _LINE.match(line)
        if match:
            found.append(_unescaped(match[1]))
        elif line.strip() in ("]", "],", "}", "},"):
            break
    return found


def _torn_strings(part: str, count: int) -> list[str]:
    found: list[str] = []
    at = 0
    while len(found) < count and (match := _STRING.match(part, at)) is not None:
        found.append(_unescaped(match[1]))
        at = match.end()
    return found


def _unescaped(inner: str) -> str:
    try:
        whole: str = json.loads(f'"{inner}"', strict=False)
        return whole
    except ValueError:
        return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[0]), inner)
