"""The figures as a page."""

from __future__ import annotations

import os
import platform
from itertools import pairwise
from pathlib import Path

from bench.figures import Figures, Row
from bench.own import exponent

NOTES = Path(__file__).with_name("notes.md")  # what was tried, by hand
MEASURES = ("equivalent-definitions", "equivalent-all")  # what "×" compares with
MODES = {"definitions": "default", "all": 'load = "all"'}
HEAD = """# What grading costs

Made by `make bench`; do not edit. CPU is user and system time of all processes, the students' included,
from a control group where there may be one. Notebooks are TP4 in full, each training for about a second of
this machine's when all of it is run; a third of them have a known mistake, the others are written in five
styles, and everybody draws other random numbers. In the default mode we run definitions only; with
`load = "all"` everything. A run's fixed start-up is included everywhere and divided by its number of
notebooks, unless it says *warm*.
"""
PEERS = """The same {size} notebooks, one after the other. The others run the 16 checks of
`bench/peer_checks.py`; *the same 16 checks* are those as an assignment of ours, `bench/equivalent`, with
the same sizes, seeds, iterations and thresholds, and a test that both give the same verdicts. *All 33
checks of TP4* is what a class is graded with. Ours includes isolation, pages, CSV and JSON; the plain
script and nbconvert check nothing. nbgrader and we start once for the class, the others once per notebook,
as their commands do. We and the plain script ran before the others and again after them, and count with the
mean.

"""
PEERS_NOTE = """
× says how many times the CPU of *grader, the same 16 checks* it takes, in the default mode and with `load =
"all"`: the second compares equal work, the first what a class costs. Memory is that of all processes at the
worst moment; a page that several share counts in each of them. Points are the class's mean, of 16, or of 20
for TP4: who runs the same checks must give the same.
"""
SIZES = """`grader grade --jobs {jobs}`, all of TP4, pages included. What counts as the student's is the CPU
of the processes that run the student's code, each from its fork to its end, as the database has it. The rest
is ours: interpreters, sandbox, checks, known mistakes, database, pages. The ratio is wall time ÷ (students'
CPU ÷ {jobs} processes): 1 would be a grader that costs nothing. *NumPy* is the CPU of a Python that imports
NumPy and ends, before and after: these machines' speed is not always the same. Memory is the most that one
process of ours has held.

"""
GROWTH = """`grader grade --jobs {jobs}`, one function, one check. *Files again* is `grader report` on the
finished folder, its own start included: every page, the class page, CSV and JSON once more. Memory is the
most that one process of ours has held.

"""
STRICT = """Warm: {size} notebooks graded in the default mode for the second time in one process, pages and
tables included, so that neither start-up nor the first run of known mistakes is in it. Together they take
{all_ms:.0f} ms of CPU each. How much of that is ours depends on what is counted as the student's:

"""
STRICT_NOTE = """
The functions were timed around each of {calls:.0f} calls that the checks make of them, in one process
without sandbox or wire.
"""
STAGES = """Our own process alone, warm, without the students' processes and without those that sandboxes
are forked from. {size} notebooks in the default mode; the threads that watch limits are charged to what
runs meanwhile.

"""


def page(figures: Figures) -> str:
    """docs/performance.md."""
    made = [
        HEAD,
        f"Machine: {_machine()}. Where the load is above the number of cores, other work competed, and not "
        "equally for every row: CPU times are too high then, and wall times say little.\n",
    ]
    for title, part, render in (
        ("Beside others", "peers", _peers),
        ("Whole classes", "sizes", _sizes),
        ("What every submission costs", "growth", _growth),
        ("What is the student's, and what is ours", "strict", _strict),
        ("Stage by stage", "stages", _stages),
    ):
        rows = figures.rows(part)
        if rows:
            made += [f"## {title}\n", render(rows), _when(rows)]
    if NOTES.exists():
        made.append(NOTES.read_text("utf-8"))
    return "\n".join(made)


def _when(rows: list[Row]) -> str:
    dates, loads = sorted({r["date"] for r in rows}), sorted({r["load"] for r in rows})
    days = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    load = f"{loads[0]}" if len(loads) == 1 else f"{loads[0]} to {loads[-1]}"
    return f"Measured {days}; load of the machine over five minutes, this work included: {load}.\n"


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


def _mb(size_bytes: float) -> str:
    return f"{size_bytes / 2**20:.0f}"


def _peers(rows: list[Row]) -> str:
    by_key = {r["key"]: r["cpu_s"] for r in rows}
    lines = [
        [
            r["name"],
            f"{r['cpu_s']:.2f}",
            *(f"{r['cpu_s'] / by_key[key]:.1f}" if key in by_key else "" for key in MEASURES),
            f"{r['wall_s']:.2f}",
            _mb(r["tree_bytes"]),
            "" if r["points"] is None else f"{r['points']:.2f}",
        ]
        for r in rows
    ]
    head = ["per notebook", "CPU s", "× default", '× "all"', "wall s", "MB", "points"]
    return PEERS.format(size=rows[0]["size"]) + _table(head, lines) + PEERS_NOTE


def _sizes(rows: list[Row]) -> str:
    ordered = sorted(rows, key=lambda r: (r["mode"] == "all", r["size"]))
    lines = [
        [
            f"{r['size']}, {MODES[r['mode']]}",
            f"{r['wall_s']:.1f}",
            f"{r['student_s']:.1f}",
            f"{r['wall_s'] / (r['student_s'] / r['jobs']):.2f}",
            f"{1e3 * (r['cpu_s'] - r['student_s']) / r['size']:.0f}",
            f"{1e3 * r['start_s']:.0f}",
            _mb(r["peak_bytes"]),
        ]
        for r in ordered
    ]
    head = ["notebooks", "wall s", "students' CPU s", "ratio", "ours, CPU ms each", "NumPy, CPU ms", "MB"]
    tiers = ", ".join(sorted({r["tier"] for r in rows}))
    found = "; ".join(f"{r['size']} {MODES[r['mode']]}: {r['states']}" for r in ordered)
    return (
        SIZES.format(jobs=rows[0]["jobs"])
        + _table(head, lines)
        + _further(ordered)
        + f"\nIsolation: {tiers}. What became of the notebooks: {found}.\n"
    )


def _further(rows: list[Row]) -> str:
    """What one more notebook costs, once all has started and mistakes are known."""
    told = []
    for small, large in pairwise(rows):
        if small["mode"] == large["mode"]:
            more = large["size"] - small["size"]
            ours_s = sum(sign * (r["cpu_s"] - r["student_s"]) for sign, r in ((1, large), (-1, small)))
            between = (
                f"{small['size']} and {large['size']}, {MODES[large['mode']]}: {1e3 * ours_s / more:.0f} ms"
            )
            told.append(between)
    return f"\nOurs for each further notebook between {'; between '.join(told)}.\n" if told else ""


def _growth(rows: list[Row]) -> str:
    ordered = sorted(rows, key=lambda r: int(r["size"]))
    lines = [
        [
            str(r["size"]),
            f"{r['wall_s']:.1f}",
            f"{1e3 * r['cpu_s'] / r['size']:.0f}",
            _mb(r["peak_bytes"]),
            f"{r['again_wall_s']:.1f}",
            f"{1e3 * r['again_cpu_s'] / r['size']:.1f}",
        ]
        for r in ordered
    ]
    head = ["submissions", "wall s", "CPU ms each", "MB", "files again: wall s", "CPU ms each"]
    return GROWTH.format(jobs=rows[0]["jobs"]) + _table(head, lines) + _exponents(ordered)


def _exponents(rows: list[Row]) -> str:
    """Fitted over all sizes, and over the two largest, where the start-up hides least."""
    if len(rows) < 2:
        return ""
    told = f"\nFitted, {_fitted(rows)}; the fixed start-up lowers both."
    if len(rows) > 2:
        told += f" From {rows[-2]['size']} to {rows[-1]['size']} submissions, {_fitted(rows[-2:])}."
    return told + "\n"


def _fitted(rows: list[Row]) -> str:
    cpu, wall = (exponent([(r["size"], r[what]) for r in rows]) for what in ("cpu_s", "wall_s"))
    return f"CPU grows as size to the power {cpu:.2f} and wall time to the power {wall:.2f}"


def _strict(rows: list[Row]) -> str:
    row = rows[0]
    functions_s = row["functions_s"] + row["loading_s"]
    readings = (
        ("the student's own functions, and running the definitions once", functions_s),
        ("its processes: loading, forks and checks, as the database has it", row["stored_s"]),
    )
    lines = [
        [words, f"{1e3 * seconds:.0f}", f"{1e3 * (row['all_s'] - seconds):.0f}"]
        for words, seconds in readings
    ]
    head = ["counted as the student's", "student's, CPU ms", "ours, CPU ms"]
    return (
        STRICT.format(size=row["size"], all_ms=1e3 * row["all_s"])
        + _table(head, lines)
        + STRICT_NOTE.format(calls=row["calls"])
    )


def _stages(rows: list[Row]) -> str:
    lines = [[r["name"], f"{r['cpu_ms']:.1f}", f"{r['wall_ms']:.1f}", f"{r['calls']:.0f}"] for r in rows]
    cpu, wall = (sum(r[what] for r in rows) for what in ("cpu_ms", "wall_ms"))
    lines.append(["**together**", f"{cpu:.1f}", f"{wall:.1f}", ""])
    head = ["per notebook", "CPU ms", "wall ms", "calls"]
    return STAGES.format(size=rows[0]["size"]) + _table(head, lines)
