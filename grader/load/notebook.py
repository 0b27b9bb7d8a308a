"""A notebook's bytes to cells."""

from __future__ import annotations

import json
from typing import Any

from grader.load.decoding import decode
from grader.model import Cell

MAX_OUTPUT = 2000  # characters of one output that are shown
MAX_SOURCE = 400_000  # characters of one cell


class NotANotebook(ValueError):
    """Nothing in the file can be read as cells."""


def read_cells(content: bytes) -> tuple[Cell, ...]:
    """The cells of a notebook, in order. Raises NotANotebook."""
    try:
        document = json.loads(decode(content), strict=False)
    except (ValueError, RecursionError) as error:
        raise NotANotebook from error
    if not isinstance(document, dict):
        raise NotANotebook
    cells = document.get("cells")
    if not isinstance(cells, list):
        sheets = document.get("worksheets")
        if not isinstance(sheets, list):
            raise NotANotebook
        cells = [c for s in sheets if isinstance(s, dict) for c in s.get("cells") or ()]
    return tuple(_cell(c, i) for i, c in enumerate(cells, 1) if isinstance(c, dict))


def _cell(cell: dict[str, Any], number: int) -> Cell:
    kind = cell.get("cell_type")
    source = _joined(cell.get("source", cell.get("input", "")))
    if kind == "heading":
        source = f"# {source}"
    return Cell(
        kind=kind if kind in ("code", "raw") else "markdown",
        source=source[:MAX_SOURCE],
        label=f"cell {number}",
        anchor=f"cell-{number}",
        outputs=_outputs(cell.get("outputs")),
    )


def _joined(source: object) -> str:
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source if isinstance(source, str) else ""


def _outputs(outputs: object) -> tuple[str, ...]:
    found = []
    for output in outputs if isinstance(outputs, list) else ():
        if not isinstance(output, dict):
            continue
        data = output.get("data")
        words = _joined(output.get("text") or (data.get("text/plain") if isinstance(data, dict) else ""))
        if words:
            found.append(words[:MAX_OUTPUT])
    return tuple(found[:20])
