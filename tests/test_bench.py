"""The benchmark asks ours and others the same, and its page says what was measured."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench import peer_checks, peers, tables
from bench.figures import Figures
from bench.notebooks import make_class
from bench.own import copy_assignments
from bench.strict import Clock, functions_alone
from grader.assignment import Assignment, load_assignment
from grader.assignment.oracles import names_of
from grader.checks.oracle import LocalConnection
from grader.checks.plugin import CheckRunner
from grader.checks.suite import Run
from grader.model import LoadMode, Outcome

ROOT = Path(__file__).parents[1]
MISTAKES = (
    "bias_gradient_over_wrong_axis",
    "dropout_in_inference",
    "dropout_keeps_rate",
    "learning_rate_twice",
    "loss_summed",
    "no_activation",
    "relu_mask_missing",
    "softmax_overflows",
    "step_adds",
)


@pytest.fixture(scope="module")
def equivalent() -> Assignment:
    return load_assignment(ROOT / "bench" / "equivalent")


@pytest.fixture(scope="module")
def tp4() -> Assignment:
    return load_assignment(ROOT / "assignments" / "tp4")


def passed_here(assignment: Assignment, fresh: Callable[[], dict[str, Any]]) -> set[str]:
    """The names of our checks that a program passes."""
    run = Run(connect=lambda case: LocalConnection(fresh()), oracle=assignment.oracle(), seed=0)
    results = CheckRunner(assignment.suite).run(run)
    return {r.check for r in results if r.outcome is Outcome.PASSED}


def passed_there(fresh: Callable[[], dict[str, Any]]) -> set[str]:
    """The names of the others' checks that it passes, without `check_`."""
    found = set()
    for name in peers.check_names():
        try:
            with np.errstate(all="ignore"):
                getattr(peer_checks, name)(fresh())
        except Exception:
            continue
        found.add(name.removeprefix("check_"))
    return found


COPIED = """
import os, time
if os.fork() == 0:
    kept = b"x" * (150 << 20)
    time.sleep(0.6)
else:
    os.wait()
"""


def test_the_memory_of_copies_of_a_run_counts() -> None:
    command = f"[sys.executable, '-c', {COPIED!r}]"
    look = f"import sys; from bench.measure import measure; print(measure({command}).peak_bytes)"
    # in a process of its own: it waits for all its children
    found = subprocess.run([sys.executable, "-c", look], cwd=ROOT, check=True, capture_output=True, text=True)
    assert int(found.stdout) > 150 << 20


def test_our_equivalent_checks_are_those_that_others_are_given(equivalent: Assignment) -> None:
    assert [f"check_{c.name}" for c in equivalent.card.checks] == peers.check_names()


def test_the_reference_passes_the_equivalent_checks_here_and_there(equivalent: Assignment) -> None:
    assert equivalent.reference is not None
    fresh = names_of(equivalent.reference)
    everything = {c.name for c in equivalent.card.checks}
    assert passed_here(equivalent, fresh) == passed_there(fresh) == everything


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_fails_the_same_checks_here_and_there(
    equivalent: Assignment, tp4: Assignment, name: str
) -> None:
    assert equivalent.reference is not None
    mistake = next(m for m in tp4.mistakes if m.id == name)
    fresh = names_of(equivalent.reference, mistake)
    here = passed_here(equivalent, fresh)
    assert here == passed_there(fresh)
    assert len(here) < len(equivalent.card.checks)


# --- figures and their page ---------------------------------------------------------------------------------


def test_a_row_is_on_disk_as_soon_as_it_is_measured(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    Figures.read(path).add("growth", "100", size=100, wall_s=1.5)
    (row,) = Figures.read(path).rows("growth")
    assert (row["size"], row["wall_s"]) == (100, 1.5)


def test_a_later_run_of_one_part_keeps_the_figures_of_others(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    Figures.read(path).add("growth", "100", size=100, jobs=2)
    later = Figures.read(path)
    later.only("sizes", jobs=2)
    later.add("sizes", "all-24", size=24, jobs=2)
    kept = Figures.read(path)
    assert [len(kept.rows(part)) for part in ("growth", "sizes")] == [1, 1]


def test_rows_measured_under_other_conditions_are_forgotten(tmp_path: Path) -> None:
    figures = Figures.read(tmp_path / "figures.json")
    figures.add("peers", "script", size=24)
    figures.add("peers", "otter", size=12)
    figures.only("peers", size=12)
    assert [r["key"] for r in figures.rows("peers")] == ["otter"]


def test_figures_of_another_format_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    path.write_text('{"peers": [["plain script", 1.9, 2.0, 3]]}', "utf-8")
    assert Figures.read(path).rows("peers") == []


def test_the_page_compares_others_with_our_equivalent_checks(tmp_path: Path) -> None:
    figures = Figures.read(tmp_path / "figures.json")
    for key, name, cpu_s in (
        ("equivalent-definitions", "grader", 0.5),
        ("equivalent-all", "grader, all", 1.5),
        ("otter", "otter", 3.0),
    ):
        costs = {"cpu_s": cpu_s, "wall_s": 1.0, "tree_bytes": 1 << 20}
        figures.add("peers", key, name=name, size=24, points=15.5, **costs)
    assert "| otter | 3.00 | 6.0 | 2.0 | 1.00 | 1 | 15.50 |" in tables.page(figures)


def test_the_page_says_how_far_wall_time_is_from_the_students_own(tmp_path: Path) -> None:
    figures = Figures.read(tmp_path / "figures.json")
    costs = {"wall_s": 12.0, "cpu_s": 22.0, "student_s": 20.0, "start_s": 0.15, "peak_bytes": 1 << 20}
    figures.add("sizes", "all-10", mode="all", size=10, jobs=2, states="10 graded", tier="strong", **costs)
    assert '| 10, load = "all" | 12.0 | 20.0 | 1.20 | 200 | 150 | 1 |' in tables.page(figures)


def test_the_page_fits_how_time_grows_with_the_size(tmp_path: Path) -> None:
    figures = Figures.read(tmp_path / "figures.json")
    for size, wall_s in ((100, 3.0), (1000, 4.0), (10000, 40.0)):
        costs = {"wall_s": wall_s, "cpu_s": wall_s, "again_wall_s": 1.0, "again_cpu_s": 1.0, "peak_bytes": 1}
        figures.add("growth", str(size), size=size, jobs=2, **costs)
    said = (
        "From 1000 to 10000 submissions, CPU grows as size to the power 1.00 and wall time to the power 1.00."
    )
    assert said in tables.page(figures)


def test_an_assignment_is_copied_with_its_reference_in_another_mode(tmp_path: Path) -> None:
    copied = copy_assignments(tmp_path, mode="all", assignment=ROOT / "bench" / "equivalent")
    assignment = load_assignment(copied / "equivalent")
    assert assignment.settings.load.mode is LoadMode.ALL
    assert assignment.reference == tmp_path / "reference" / "tp4.py"


def test_the_clock_runs_also_where_a_function_raises() -> None:
    clock = Clock()
    with pytest.raises(ZeroDivisionError, match="division"):
        clock.timed(lambda: 1 / 0)()
    assert clock.calls == 1
    assert clock.seconds >= 0


def test_the_students_functions_are_timed_in_every_check(equivalent: Assignment) -> None:
    clock, loading_s = functions_alone(list(make_class(1)), equivalent)
    assert clock.calls > len(equivalent.card.checks)
    assert clock.seconds > loading_s > 0


def test_no_two_notebooks_draw_the_same_numbers_and_the_right_ones_are_written_in_several_styles() -> None:
    class_ = list(make_class(18))
    weights, styles = set(), set()
    for hand_in in class_:
        names: dict[str, Any] = {"__name__": "student"}
        exec(hand_in.script, names)
        weights.add(names["Linear"](4, 3).W.tobytes())
        styles.add(
            hand_in.script.replace(f"{int(hand_in.name.split()[1])}_000", "").partition("number = ")[2]
        )
    assert len(weights) == len(class_)
    assert len(styles) > 10


def test_the_page_says_what_one_more_notebook_costs(tmp_path: Path) -> None:
    figures = Figures.read(tmp_path / "figures.json")
    for size, cpu_s in ((10, 25.0), (110, 130.0)):
        costs = {"wall_s": 12.0, "cpu_s": cpu_s, "student_s": float(size), "start_s": 0.15, "peak_bytes": 1}
        figures.add(
            "sizes", f"all-{size}", mode="all", size=size, jobs=2, states="graded", tier="strong", **costs
        )
    said = 'Ours for each further notebook between 10 and 110, load = "all": 50 ms.'
    assert said in tables.page(figures)
