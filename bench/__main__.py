"""`python -m bench`: measure, then write docs/performance.md."""

from __future__ import annotations

import argparse
import math
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import notebooks, own, peers, stages, tables
from bench.measure import adopt_orphans
from bench.notebooks import ROOT, make_class, make_small_class, write_class

PARTS = ("stages", "peers", "sizes", "growth")


def main() -> None:
    """Run the parts that are asked for; the table keeps the last figures of the others."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--class", dest="size", type=int, default=24, help="notebooks, beside the others")
    parser.add_argument("--sizes", type=int, nargs="+", default=[24, 240, 2400])
    parser.add_argument("--growth", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--isolation", default="auto")
    parser.add_argument("--work", type=Path, default=ROOT / "out" / "bench")
    parser.add_argument("--write", type=Path, default=ROOT / "docs" / "performance.md")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part {', '.join(sorted(unknown))}: give some of {', '.join(PARTS)}")
    adopt_orphans()
    options.work.mkdir(parents=True, exist_ok=True)
    figures = tables.Figures.read(options.work / "figures.json")
    for part in options.parts or PARTS:
        sys.stderr.write(f"{part} …\n")
        _MEASURES[part](options, figures)
        figures.save(options.work / "figures.json")
        options.write.write_text(tables.page(figures), "utf-8")
    sys.stdout.write(tables.page(figures))


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def measure_stages(options: argparse.Namespace, figures: tables.Figures) -> None:
    """Our own process, one submission at a time."""
    source = write_class(make_class(12), _fresh(options.work / "stages"))
    found = stages.profile(source, ROOT / "assignments" / "tp4", isolation=options.isolation)
    figures.set("stages", [[s.name, s.cpu_ms, s.wall_ms, s.calls] for s in found])


def measure_peers(options: argparse.Namespace, figures: tables.Figures) -> None:
    """Everybody on the same notebooks, one at a time."""
    work = _fresh(options.work / "peers")
    class_ = list(make_class(options.size))
    source = write_class(iter(class_), work / "class")
    rows: list[list[object]] = []
    add = partial(_add_row, figures, options.size, rows)
    add("plain script", peers.run_scripts(class_, _fresh(work / "scripts"), sys.executable))
    for mode, words in (("definitions", "default"), ("all", 'load = "all"')):
        copied = own.copy_assignments(_fresh(work / mode), mode=mode)
        run = own.grade(
            source,
            work / f"out-{mode}",
            options.size,
            jobs=1,
            isolation=options.isolation,
            assignments=copied,
        )
        add(f"grader, {words}", [run.usage])
    envs = options.work / "envs"
    converter = peers.install("nbconvert", envs)
    done = peers.run_nbconvert(converter, class_, _fresh(work / "nbconvert"))
    add(f"nbconvert {converter.version()} --execute (no tests)", done)
    otter = peers.install("otter", envs)
    add(f"otter-grader {otter.version()}, otter run", peers.run_otter(otter, class_, _fresh(work / "otter")))
    nbgrader = peers.install("nbgrader", envs)
    graded, told = peers.run_nbgrader(nbgrader, class_, _fresh(work / "nbgrader"))
    add(f"nbgrader {nbgrader.version()}, autograde", [graded])
    add(f"nbgrader {nbgrader.version()}, autograde and feedback", [graded, told])


def _add_row(
    figures: tables.Figures, size: int, rows: list[list[object]], name: str, usages: list[peers.Usage]
) -> None:
    """One grader's line: means per submission, and the most memory."""
    cpu_s, wall_s = (math.fsum(getattr(u, what) for u in usages) / size for what in ("cpu_s", "wall_s"))
    rows.append([name, cpu_s, wall_s, max(u.tree_bytes for u in usages)])
    figures.set("peers", rows)
    figures.set("peers_class", size)


def measure_sizes(options: argparse.Namespace, figures: tables.Figures) -> None:
    """Classes with training inside: throughput and memory."""
    work = _fresh(options.work / "sizes")
    rows = []
    for size in options.sizes:
        source = write_class(make_class(size), work / f"class-{size}")
        run = own.grade(
            source,
            work / f"out-{size}",
            size,
            jobs=options.jobs,
            isolation=options.isolation,
            assignments=ROOT / "assignments",
        )
        rows.append([size, run.usage.wall_s, run.usage.cpu_s, run.student_s, run.usage.peak_bytes, run.state])
        figures.set("sizes", rows)
        figures.set("jobs", options.jobs)
        shutil.rmtree(source)


def measure_growth(options: argparse.Namespace, figures: tables.Figures) -> None:
    """Small submissions, one small check: what we add to each."""
    work = _fresh(options.work / "growth")
    assignments = own.tiny_assignments(_fresh(work / "tiny"))
    rows = []
    for size in options.growth:
        source = write_class(make_small_class(size), work / f"class-{size}")
        run = own.grade(
            source,
            work / f"out-{size}",
            size,
            jobs=options.jobs,
            isolation=options.isolation,
            assignments=assignments,
            tp="tiny",
        )
        rows.append([size, run.usage.wall_s, run.usage.cpu_s, run.usage.peak_bytes])
        figures.set("growth", rows)
        shutil.rmtree(source)


_MEASURES: dict[str, Callable[[argparse.Namespace, tables.Figures], None]] = {
    "stages": measure_stages,
    "peers": measure_peers,
    "sizes": measure_sizes,
    "growth": measure_growth,
}

if __name__ == "__main__":
    assert notebooks.REFERENCE.is_file()
    main()
