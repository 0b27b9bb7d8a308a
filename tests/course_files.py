"""Made-up courses on disk: class lists, results, marks, and the lectures' two schemes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

DAY = 86_400

# (a) TP4 counts 25 % of the course, an exam the rest; marks out of 20, final to the nearest half point
TP4_QUARTER = """
title = "Introduction to deep learning"
students = "students.csv"
out_of = 20
rounding = "half up"
step = 0.5

[[part]]
id = "tp4"
weight = 25
work = [{ id = "tp4", results = "out/tp4" }]

[[part]]
id = "exam"
weight = 75
work = [{ id = "exam", marks = "exam.csv", out_of = 20 }]
"""

# (b) four assignments of 10, -2 per day late, round(points / 4); exam of 40 likewise; both at least 5.5
FOUR_AND_EXAM = """
title = "Deep learning"
students = "students.csv"
out_of = 10
rounding = "half up"
step = 1

[late]
per_day = 2

[[part]]
id = "assignments"
weight = 50
at_least = 5.5
step = 1
[[part.work]]
id = "a1"
results = "out/a1"
[[part.work]]
id = "a2"
results = "out/a2"
[[part.work]]
id = "a3"
results = "out/a3"
[[part.work]]
id = "a4"
results = "out/a4"

[[part]]
id = "exam"
weight = 50
at_least = 5.5
step = 1
[[part.work]]
id = "exam"
marks = "exam.csv"
out_of = 40
"""


def write_class(folder: Path, names: list[str], **columns: list[str]) -> None:
    rows = [["id", "name", *columns]]
    rows += [[f"s{i}", name, *(c[i] for c in columns.values())] for i, name in enumerate(names)]
    write_csv(folder / "students.csv", rows)


def write_csv(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows(rows)


def hand_in(
    name: str, points: float, *, out_of: float = 20.0, late_s: int | None = 0, **more: Any
) -> dict[str, Any]:
    penalty = more.pop("penalty", 0.0)
    row = {
        "key": name.lower().replace(" ", "-"),
        "name": name,
        "identifier": None,
        "files": [],
        "state": "graded",
        "message": "",
        "points": points,
        "out_of": out_of,
        "late": {"seconds": late_s, "penalty": penalty},
        "final": max(0.0, points - penalty),
        "checks": [],
    }
    return row | more


def write_results(folder: Path, work: str, rows: list[dict[str, Any]]) -> None:
    out = folder / "out" / work
    out.mkdir(parents=True, exist_ok=True)
    document = {"schema": 1, "assignment": work, "isolation": "strong", "submissions": rows}
    (out / "results.json").write_text(json.dumps(document), encoding="utf-8")
