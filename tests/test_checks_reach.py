"""Which mistakes need not be asked: those that nothing of what a check asks for can reach."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.assignment import load_assignment
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import CheckRunner, run_checks
from grader.checks.reach import asked_for, changes, reach, uses
from grader.checks.suite import Case, Diagnoses, Mistake, Run
from grader.model import CheckResult, Outcome, verbatim
from tests.fakes import names, suite

ROOT = Path(__file__).parent.parent
LABS = sorted(path.parent for path in (ROOT / "assignments").glob("*/assignment.toml"))
SOURCE = """
import numpy as np
SCALE = 2
TABLE = {"a": lambda x: helper(x)}
def helper(x): return SCALE * x
def first(x): return helper(x)
def second(x): return np.abs(x)
class Third:
    def call(self, x): return TABLE["a"](x)
if __name__ == "__main__":
    print(first(second(SCALE)))
"""


@pytest.mark.parametrize(
    ("asked", "reached"),
    [
        ("first", {"first", "helper", "SCALE", "x"}),
        ("second", {"second", "np", "x"}),
        ("Third", {"Third", "TABLE", "helper", "SCALE", "x", "self"}),
        ("unknown", {"unknown"}),
    ],
)
def test_a_name_reaches_what_its_definition_uses(asked: str, reached: set[str]) -> None:
    assert reach(uses(SOURCE), frozenset([asked])) - {"x", "self"} == reached - {"x", "self"}


def test_a_statement_whose_effect_is_not_known_ties_all_its_names() -> None:
    tied = uses(SOURCE + "register(first, second)")
    assert "helper" in reach(tied, frozenset(["second"]))


@pytest.mark.parametrize(
    ("overlay", "changed"),
    [
        ("def helper(x): return x", {"helper"}),
        ("class Third(Third):\n    def call(self, x): return helper(x)", {"Third"}),
        ("Third.call = lambda self, x: x", {"Third", "x"}),
        ("_first = first\ndef first(x): return _first(x) + 1", {"_first", "first"}),
        ("SCALE += 1", {"SCALE"}),
        ("import math as np", {"np"}),
        ("def first(x):\n    global SCALE\n    SCALE = 3", {"first", "SCALE"}),
        ("del Third.call", {"Third"}),
    ],
)
def test_an_overlay_changes_what_it_defines_and_touches(overlay: str, changed: set[str]) -> None:
    assert changes(overlay) == changed


def test_a_request_asks_for_the_names_of_the_student() -> None:
    create = {"do": "create", "name": "Linear", "args": (), "kwargs": {}}
    make = {"do": "make", "expression": "lambda net: softmax(net.W)"}
    call = {"do": "call", "on": object(), "name": "forward"}
    get = {"do": "get", "on": None, "name": "np.pi"}
    assert asked_for({"do": "all", "requests": (create, make, call, get)}) == {
        "Linear",
        "softmax",
        "net",
        "np",
    }


class Recorded(LocalConnection):
    """Remembers what was asked for."""

    def __init__(self, names: dict[str, Any]) -> None:
        super().__init__(names)
        self.names: frozenset[str] = frozenset()

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        self.names |= asked_for(dict(message))
        return super().ask(message)


@pytest.mark.parametrize("folder", LABS, ids=lambda folder: folder.name)
def test_a_mistake_that_is_not_concerned_does_what_the_reference_does(folder: Path) -> None:
    assignment = load_assignment(folder)
    diagnoses, runner = assignment.diagnoses(), CheckRunner(assignment.suite)
    oracle = assignment.oracle()
    right = diagnoses.reference
    assert right is not None
    checks = [c.name for c in runner.checks if runner._marks[c.name].diagnose]
    lines: dict[str, Recorded] = {}

    def results(fresh: Any, only: list[str]) -> dict[str, CheckResult]:
        def connect(case: Case) -> Recorded:
            return lines.setdefault(case.check, Recorded(fresh()))

        lines.clear()
        return {
            r.check: r for r in runner.run(Run(connect=connect, oracle=oracle, seed=0, only=frozenset(only)))
        }

    expected = results(right.fresh, checks)
    asked = {check: line.names for check, line in lines.items()}
    spared = 0
    for mistake in diagnoses.mistakes:
        untouched = [c for c in checks if not mistake.concerns(asked[c])]
        spared += len(untouched)
        found = results(mistake.fresh, untouched)
        assert {c: found[c] for c in untouched} == {c: expected[c] for c in untouched}, mistake.id
    assert spared >= len(diagnoses.mistakes)


def test_the_reference_answers_for_mistakes_that_are_not_concerned(tmp_path: Path) -> None:
    check = '''
@pytest.mark.check(points=1)
def test_first(student, reference):
    """first is right."""
    expect_equal(student.call("first", 2), reference.call("first", 2), name="first(2)")
'''
    right, made = "def first(x): return 2 * x\ndef second(x): return x", []

    def mistake(name: str, overlay: str) -> Mistake:
        def fresh() -> dict[str, Any]:
            made.append(name)
            return names(f"{right}\n{overlay}")()

        used, changed = uses(right), changes(overlay)
        concerns = lambda asked: not changed.isdisjoint(reach(used, asked))  # noqa: E731
        return Mistake(id=name, words=verbatim(name), fresh=fresh, concerns=concerns)

    bank = (mistake("thrice", "def first(x): return 3 * x"), mistake("other", "def second(x): return 3"))
    line = LocalConnection(names("def first(x): return x + x + x")())
    run = Run(
        connect=lambda case: line,
        oracle=Oracle(names(right)),
        seed=0,
        diagnoses=Diagnoses(mistakes=bank, reference=mistake("", "")),
    )
    (found,) = run_checks(suite(tmp_path, public=check), run)
    assert found.outcome is Outcome.FAILED
    assert found.mistakes == ("thrice",)
    assert set(made) == {"thrice", ""}
