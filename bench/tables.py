"""The figures as a page."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.own import exponent

NOTES = Path(__file__).with_name("notes.md")  # what was tried, by hand


@dataclass(slots=True)
class Figures:
    """What was measured, part by part, and when."""

    parts: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Figures:
        """Those of earlier runs."""
        return cls(json.loads(path.read_text("utf-8")) if path.exists() else {})

    def set(self, part: str, value: Any) -> None:
        """Keep a part's figures, with date and load of the machine."""
        self.parts[part] = value
        self.parts.setdefault("dates", {})[part] = f"{datetime.now(UTC):%Y-%m-%d}"
        self.parts.setdefault("load", {})[part] = round(os.getloadavg()[1], 1)

    def save(self, path: Path) -> None:
        """Write them."""
        path.write_text(json.dumps(self.parts, indent=1), "utf-8")


def page(figures: Figures) -> str:
    """docs/performance.md."""
    parts = figures.parts
    made = [
        "# What grading costs\n",
        "Made by `make bench`; do not edit. CPU is user and system time of all processes, the students' "
        "included. Notebooks are TP4 in full, each training for about a second; a third of them have a known "
        "mistake.\n",
        f"Machine: {_machine()}. Where the load is above the number of cores, other work competed, and not "
        "equally for every row: CPU times are too high then, and wall times say little.\n",
    ]
    for name, render in (("peers", _peers), ("sizes", _sizes), ("growth", _growth), ("stages", _stages)):
        if name in parts:
            made.append(render(parts))
            when, load = parts["dates"][name], parts["load"][name]
            made.append(f"Measured {when}; load of the machine over five minutes: {load}.\n")
    if NOTES.exists():
        made.append(NOTES.read_text("utf-8"))
    return "\n".join(made)


def _machine() -> str:
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text("utf-8", "replace").splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    system = f"{platform.system()} {platform.release().split('-')[0]}"
    return (
        f"{os.cpu_count()} cores, {model or platform.machine()}, {system}, Python {platform.python_version()}"
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _peers(parts: dict[str, Any]) -> str:
    ours = {name: cpu for name, cpu, _, _ in parts["peers"]}
    default, whole = ours.get("grader, default"), ours.get('grader, load = "all"')
    rows = [
        [
            name,
            f"{cpu:.2f}",
            f"{cpu / default:.1f}" if default else "",
            f"{cpu / whole:.1f}" if whole else "",
            f"{wall:.2f}",
            f"{tree / 2**20:.0f}",
        ]
        for name, cpu, wall, tree in parts["peers"]
    ]
    head = ["per submission", "CPU s", "× default", "× all", "wall s", "MB, all processes"]
    return (
        f"## Beside others\n\nThe same {parts['peers_class']} notebooks, one after the other. The others run "
        "16 checks, equivalent to the first 16 of ours; we run all of TP4's, name known mistakes, isolate, "
        "and write every page.\n\n" + _table(head, rows)
    )


def _sizes(parts: dict[str, Any]) -> str:
    rows = [
        [
            str(size),
            f"{wall:.0f}",
            f"{size / wall:.2f}",
            f"{cpu / size:.2f}",
            f"{peak / 2**20:.0f}",
            state,
        ]
        for size, wall, cpu, _, peak, state in parts["sizes"]
    ]
    head = ["class", "wall s", "per second", "CPU s each", "MB, our process", "states"]
    return f"## Whole classes\n\n`grader grade --jobs {parts['jobs']}`, pages included.\n\n" + _table(
        head, rows
    )


def _growth(parts: dict[str, Any]) -> str:
    rows = [
        [str(size), f"{wall:.1f}", f"{1e3 * cpu / size:.0f}", f"{peak / 2**20:.0f}"]
        for size, wall, cpu, peak in parts["growth"]
    ]
    points = [(size, cpu) for size, _, cpu, _ in parts["growth"]]
    fitted = f"\nCPU time grows as size to the power {exponent(points):.2f}.\n" if len(points) > 1 else ""
    head = ["submissions", "wall s", "CPU ms each", "MB, our process"]
    return "## What every submission costs\n\nOne function, one check.\n\n" + _table(head, rows) + fitted


def _stages(parts: dict[str, Any]) -> str:
    rows = [[name, f"{cpu:.1f}", f"{wall:.1f}", f"{calls:.0f}"] for name, cpu, wall, calls in parts["stages"]]
    total = sum(cpu for _, cpu, _, _ in parts["stages"])
    rows.append(["**together**", f"{total:.1f}", f"{sum(w for _, _, w, _ in parts['stages']):.1f}", ""])
    head = ["in our process, per submission", "CPU ms", "wall ms", "calls"]
    return "## Stage by stage\n\n" + _table(head, rows)
