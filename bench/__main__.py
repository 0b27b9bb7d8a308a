"""`python -m bench`: measure, then write docs/performance.md."""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import own, peers, tables
from bench.figures import Figures
from bench.measure import Usage, adopt_orphans, measure
from bench.notebooks import ROOT, HandIn, make_class, make_small_class, write_class
from bench.tables import MODES

ENV = {**peers.ENV, "PYTHONPATH": str(ROOT)}


def main() -> None:
    """Run the parts that are asked for; the table keeps the last figures of the others."""
    options = _options()
    adopt_orphans()
    options.work.mkdir(parents=True, exist_ok=True)
    figures = Figures.read(options.work / "figures.json")
    try:
        for part in options.parts or PARTS:
            if part != "page":
                sys.stderr.write(f"{part} …\n")
                PARTS[part](options, figures)
    finally:
        options.write.write_text(tables.page(figures), "utf-8")
    sys.stdout.write(tables.page(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    add = parser.add_argument
    add("parts", nargs="*", help=f"of {', '.join(PARTS)}, or page, which only writes; all by default")
    add("--class", dest="size", type=int, default=24, help="notebooks, beside the others")
    add("--sizes", type=int, nargs="*", default=[24, 240, 2400], help="of classes, in the default mode")
    add("--sizes-all", type=int, nargs="*", default=[24, 240], help='of classes, with load = "all"')
    add("--growth", type=int, nargs="+", default=[100, 1000, 10000], help="of classes of small submissions")
    add("--strict", type=int, default=12, help="notebooks for what is the student's, and stage by stage")
    add("--jobs", type=int, default=os.cpu_count() or 1, help="for sizes and growth")
    add("--isolation", default="auto")
    add("--work", type=Path, default=ROOT / "out" / "bench")
    add("--write", type=Path, default=ROOT / "docs" / "performance.md")
    options = parser.parse_args()
    options.work = options.work.resolve()  # commands are started elsewhere
    unknown = set(options.parts) - {*PARTS, "page"}
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}: give some of {', '.join(PARTS)}")
    return options


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


# --- beside others ------------------------------------------------------------------------------------------


def measure_peers(options: argparse.Namespace, figures: Figures) -> None:
    """Everybody on the same notebooks, one at a time.

    We and the plain script go first and again last, and count with the mean: a machine that becomes slower or
    faster meanwhile does not move what we are compared by.
    """
    work, class_ = _fresh(options.work / "peers"), list(make_class(options.size))
    figures.only("peers", size=options.size)
    before = _measure_ours(class_, _fresh(work / "before"), options.isolation)
    others = _measure_others(options.work / "envs", class_, work)
    after = _measure_ours(class_, _fresh(work / "after"), options.isolation)
    ours = [
        replace(one, usages=[*one.usages, *two.usages], rounds=2)
        for one, two in zip(before, after, strict=True)
    ]
    for row in (*ours, *others):
        cpu_s, wall_s = (
            math.fsum(getattr(u, what) for u in row.usages) / len(class_) / row.rounds
            for what in ("cpu_s", "wall_s")
        )
        figures.add(
            "peers",
            row.key,
            name=row.name,
            size=len(class_),
            cpu_s=cpu_s,
            wall_s=wall_s,
            tree_bytes=max(u.tree_bytes for u in row.usages),
            points=None if row.points is None else row.points / len(class_),
        )


@dataclass(frozen=True, kw_only=True)
class _Measured:
    """What one way of grading the class took."""

    key: str
    name: str
    usages: Sequence[Usage]
    points: float | None = None  # of the whole class
    rounds: int = 1  # of the class in `usages`


def _measure_ours(class_: Sequence[HandIn], work: Path, isolation: str) -> list[_Measured]:
    scripts = peers.run_scripts(class_, _fresh(work / "scripts"), sys.executable)
    found = [_Measured(key="script", name="plain script", usages=scripts)]
    source = write_class(iter(class_), work / "class")
    for words, assignment in (
        ("the same 16 checks", own.EQUIVALENT),
        ("all 33 checks of TP4, mistakes named", own.TP4),
    ):
        for mode, mode_words in MODES.items():
            folder = work / f"{assignment.name}-{mode}"
            copied = own.copy_assignments(_fresh(folder), mode=mode, assignment=assignment)
            run = own.grade(
                source,
                folder / "out",
                jobs=1,
                isolation=isolation,
                assignments=copied,
                tp=assignment.name,
            )
            key, name = f"{assignment.name}-{mode}", f"grader, {words}, {mode_words}"
            found.append(_Measured(key=key, name=name, usages=[run.usage], points=run.points))
    return found


def _measure_others(envs: Path, class_: Sequence[HandIn], work: Path) -> list[_Measured]:
    converter = peers.install("nbconvert", envs)
    done = peers.run_nbconvert(converter, class_, _fresh(work / "nbconvert"))
    name = f"nbconvert {converter.version()} --execute, no checks"
    found = [_Measured(key="nbconvert", name=name, usages=done)]
    otter = peers.install("otter", envs)
    done, points = peers.run_otter(otter, class_, _fresh(work / "otter")), peers.otter_points(work / "otter")
    name = f"otter-grader {otter.version()}, otter run"
    found.append(_Measured(key="otter", name=name, usages=done, points=points))
    nbgrader = peers.install("nbgrader", envs)
    graded, told = peers.run_nbgrader(nbgrader, class_, _fresh(work / "nbgrader"))
    name, points = f"nbgrader {nbgrader.version()}, autograde", peers.nbgrader_points(work / "nbgrader")
    found.append(_Measured(key="nbgrader", name=name, usages=[graded], points=points))
    name = f"{name} and feedback"
    found.append(_Measured(key="nbgrader-feedback", name=name, usages=[graded, told], points=points))
    return found


# --- our own ------------------------------------------------------------------------------------------------


def measure_sizes(options: argparse.Namespace, figures: Figures) -> None:
    """Classes with training inside: throughput, what we add, and memory."""
    work = _fresh(options.work / "sizes")
    figures.only("sizes", jobs=options.jobs)
    for mode, sizes in (("definitions", options.sizes), ("all", options.sizes_all)):
        assignments = own.copy_assignments(_fresh(work / mode), mode=mode)
        for size in sizes:
            source = write_class(make_class(size), work / mode / f"class-{size}")
            out = work / mode / f"out-{size}"
            before = _start_s()
            run = own.grade(
                source, out, jobs=options.jobs, isolation=options.isolation, assignments=assignments
            )
            figures.add(
                "sizes",
                f"{mode}-{size}",
                mode=mode,
                size=size,
                jobs=options.jobs,
                student_s=run.student_s,
                start_s=(before + _start_s()) / 2,
                states=run.states,
                tier=run.tier,
                **_costs(run.usage),
            )
            shutil.rmtree(source)
            shutil.rmtree(out)


def _start_s() -> float:
    """CPU of a Python that imports NumPy and ends: what people know, to tell by how fast a machine is."""
    times = 20
    command = [sys.executable, "-I", "-c", "import numpy"]
    return math.fsum(measure(command).cpu_s for _ in range(times)) / times


def measure_growth(options: argparse.Namespace, figures: Figures) -> None:
    """Small submissions, one small check: what we add to each, and the files derived once more."""
    work = _fresh(options.work / "growth")
    figures.only("growth", jobs=options.jobs)
    assignments = own.tiny_assignments(_fresh(work / "tiny"))
    for size in options.growth:
        source, out = write_class(make_small_class(size), work / f"class-{size}"), work / f"out-{size}"
        run = own.grade(
            source, out, jobs=options.jobs, isolation=options.isolation, assignments=assignments, tp="tiny"
        )
        again = own.derive_again(out, assignments=assignments)
        figures.add(
            "growth",
            str(size),
            size=size,
            jobs=options.jobs,
            again_wall_s=again.wall_s,
            again_cpu_s=again.cpu_s,
            **_costs(run.usage),
        )
        shutil.rmtree(source)
        shutil.rmtree(out)


def _costs(usage: Usage) -> dict[str, float]:
    return {"wall_s": usage.wall_s, "cpu_s": usage.cpu_s, "peak_bytes": usage.peak_bytes}


def measure_strict(options: argparse.Namespace, figures: Figures) -> None:
    """One process, warm: how much of it is the student's, read in several ways."""
    figures.add("strict", "strict", size=options.strict, **_apart("strict", options))


def measure_stages(options: argparse.Namespace, figures: Figures) -> None:
    """Our own process, warm, one submission at a time."""
    found = _apart("stages", options)
    figures.only("stages", size=None)  # all of them are measured together
    for stage in found:
        figures.add("stages", stage["name"], size=options.strict, **stage)


def _apart(name: str, options: argparse.Namespace) -> Any:
    """What `python -m bench.NAME` found: in a process of its own, whose linear algebra keeps to one core."""
    work = _fresh(options.work / name)
    command = [sys.executable, "-m", f"bench.{name}", str(options.strict), str(work), options.isolation]
    usage = measure(command, cwd=ROOT, env=ENV, log=work / "log")
    if usage.status:
        raise RuntimeError(f"bench.{name} ended with {usage.status}:\n{usage.output[-3000:]}")
    return json.loads((work / f"{name}.json").read_text("utf-8"))


PARTS: dict[str, Callable[[argparse.Namespace, Figures], None]] = {
    "peers": measure_peers,
    "sizes": measure_sizes,
    "growth": measure_growth,
    "strict": measure_strict,
    "stages": measure_stages,
}

if __name__ == "__main__":
    main()
