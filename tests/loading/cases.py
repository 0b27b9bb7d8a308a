"""The folders of tests/cases/loading: files as a student handed them in, and what must come of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.model import HandedFile, Submission

ROOT = Path(__file__).parents[1] / "cases" / "loading"
IMPORTS = ["numpy", "matplotlib", "sklearn.datasets", "sklearn.model_selection"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One folder."""

    name: str
    submission: Submission
    expected: dict[str, Any]

    def request(self, units: list[dict[str, str]], mode: str, data: Path) -> dict[str, Any]:
        """What the worker is asked to load."""
        for name, content in self.expected.get("data", {}).items():
            (data / name).write_text(content)
        names = self.expected["names"]
        base = {"units": units, "mode": mode, "names": names, "imports": IMPORTS, "data": str(data)}
        return {**base, **self.expected.get("request", {})}


def case_names() -> list[str]:
    """All folders, by name."""
    return sorted(p.name for p in ROOT.iterdir() if p.is_dir())


def read_case(name: str) -> Case:
    """One folder's files and what is expected of them."""
    folder = ROOT / name
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / "expected.json")
    files = tuple(HandedFile(path=p.relative_to(folder).as_posix(), content=p.read_bytes()) for p in paths)
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return Case(name=name, submission=Submission(key="s", name="Student 07", files=files), expected=expected)
