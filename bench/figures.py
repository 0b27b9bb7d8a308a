"""What was measured: rows of figures by part, on disk after every row."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMAT = 2
Row = dict[str, Any]


@dataclass(slots=True)
class Figures:
    """Rows by part and key. A run replaces the rows that it measures, and keeps all others."""

    path: Path
    parts: dict[str, dict[str, Row]]

    @classmethod
    def read(cls, path: Path) -> Figures:
        """Those of earlier runs, where they can be read."""
        kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
        return cls(path, kept["parts"] if kept.get("format") == FORMAT else {})

    def rows(self, part: str) -> list[Row]:
        """A part's rows, in the order in which they were first measured."""
        return list(self.parts.get(part, {}).values())

    def only(self, part: str, **fixed: object) -> None:
        """Forget the part's rows that were measured under other conditions."""
        rows = self.parts.get(part, {})
        self.parts[part] = {k: r for k, r in rows.items() if all(r.get(n) == v for n, v in fixed.items())}

    def add(self, part: str, key: str, **values: object) -> None:
        """Keep a row, with the date and the load of the machine, and write everything."""
        now = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "load": round(os.getloadavg()[1], 1)}
        self.parts.setdefault(part, {})[key] = {"key": key, **values, **now}
        draft = self.path.with_suffix(".part")
        draft.write_text(json.dumps({"format": FORMAT, "parts": self.parts}, indent=1), "utf-8")
        draft.replace(self.path)  # whoever interrupts finds the old rows or the new
