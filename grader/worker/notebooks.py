"""The code cells of a notebook that was handed in beside the work, for `%run` and `import`."""

from __future__ import annotations

import json
from typing import Any


def code_cells(path: str) -> list[tuple[str, str]]:
    """Label and source of each code cell; raises ValueError where the file is no notebook."""
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        document = json.load(file, strict=False)
    if not isinstance(document, dict):
        raise ValueError(f"{path} is not a notebook")
    cells: list[Any] = document.get("cells") or [
        cell for sheet in document.get("worksheets") or () for cell in sheet.get("cells") or ()
    ]
    found = []
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            words = "".join(source) if isinstance(source, list) else str(source)
            found.append((f"{path}, cell {number}", words))
    return found
