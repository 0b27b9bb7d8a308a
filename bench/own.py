"""What our own grader costs, run as its command line."""

from __future__ import annotations

import csv
import math
import shutil
import sqlite3
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Usage, measure
from bench.notebooks import ROOT

TP4 = ROOT / "assignments" / "tp4"
EQUIVALENT = ROOT / "bench" / "equivalent"  # the checks that others are given
TINY = """title = "One function"
points = 1
timezone = "UTC"
names = ["softmax"]
"""
TINY_CHECK = '''import numpy as np
import pytest

from grader.checks import Student, expect_array


@pytest.mark.check(points=1, group="Softmax", seeds=1)
def test_softmax(student: Student, rng: np.random.Generator) -> None:
    """softmax(logits) has the shape of logits."""
    expect_array(student.call("softmax", rng.normal(size=(3, 4))), shape=(3, 4), name="softmax(logits)")
'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """One run of `grader grade`."""

    usage: Usage
    student_s: float  # CPU that the store says the students' code took, loading and checks
    points: float  # of the class together
    states: str
    tier: str


def grade(
    source: Path, out: Path, *, jobs: int, isolation: str, assignments: Path, tp: str = "tp4"
) -> Graded:
    """`grader grade` over a folder of hand-ins."""
    command = ["grade", tp, str(source), "-o", str(out), "--jobs", str(jobs), "--isolation", isolation]
    usage = _grader([*command, "--unsafe-no-isolation"], assignments=assignments, log=out.with_suffix(".log"))
    if usage.status not in (0, 1) or not (out / "grades.csv").exists():
        raise RuntimeError(f"grader ended with {usage.status}:\n{usage.output[-3000:]}")
    database = sqlite3.connect(out / "grades.sqlite")
    (student_s,) = database.execute("SELECT total(cpu_s) FROM cost").fetchone()
    states = database.execute("SELECT state, count(*) FROM result GROUP BY state").fetchall()
    database.close()
    words = ", ".join(f"{count} {state}" for state, count in states)
    told = [line.partition(":")[2] for line in usage.output.splitlines() if line.startswith("isolation:")]
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        points = math.fsum(float(row["points"] or 0.0) for row in csv.DictReader(file))
    return Graded(
        usage=usage,
        student_s=student_s,
        points=points,
        states=words,
        tier=told[-1].strip() if told else "",
    )


def derive_again(out: Path, *, assignments: Path) -> Usage:
    """`grader report`: pages, class page, CSV and all other files once more, from the database alone."""
    usage = _grader(["report", str(out)], assignments=assignments, log=out.with_suffix(".again.log"))
    if usage.status:
        raise RuntimeError(f"grader report ended with {usage.status}:\n{usage.output[-3000:]}")
    return usage


def _grader(arguments: list[str], *, assignments: Path, log: Path) -> Usage:
    return measure(
        [sys.executable, "-m", "grader", *arguments],
        cwd=ROOT,
        env={"GRADER_ASSIGNMENTS": str(assignments)},
        log=log,
    )


def copy_assignments(folder: Path, *, mode: str, assignment: Path = TP4) -> Path:
    """An assignment on TP4's reference, loaded in another mode; gives the folder of assignments."""
    copy = folder / "assignments" / assignment.name
    shutil.copytree(assignment, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "reference").mkdir()
    shutil.copy(ROOT / "reference" / "tp4.py", folder / "reference" / "tp4.py")
    settings = copy / "assignment.toml"
    words = settings.read_text("utf-8")
    if 'mode = "definitions"' not in words:
        raise RuntimeError(f"{assignment}: its mode is not set where it could be changed")
    settings.write_text(words.replace('mode = "definitions"', f'mode = "{mode}"'), "utf-8")
    return copy.parent


def tiny_assignments(folder: Path) -> Path:
    """One assignment with one check: what remains is what we do for every submission."""
    target = folder / "assignments"
    checks = target / "tiny" / "checks" / "public"
    checks.mkdir(parents=True)
    (target / "tiny" / "assignment.toml").write_text(TINY, "utf-8")
    (checks / "test_softmax.py").write_text(TINY_CHECK, "utf-8")
    (folder / "reference").mkdir()
    (folder / "reference" / "tiny.py").write_text("def softmax(logits):\n    return logits\n", "utf-8")
    return target


def exponent(points: Sequence[tuple[int, float]]) -> float:
    """The k of time ~ size ** k, by least squares over logarithms."""
    xs = [math.log(size) for size, _ in points]
    ys = [math.log(seconds) for _, seconds in points]
    mx, my = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    above = math.fsum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
    return above / math.fsum((x - mx) ** 2 for x in xs)
