"""The further labs of the course: each is whole, grades its bank as a class, and survives odd answers."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.assignment import Assignment, load_assignment
from grader.assignment.oracles import names_of
from grader.assignment.starter import cut_solution, to_notebook
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import run_checks
from grader.checks.suite import Run
from grader.grade import grade_submission, open_desk
from grader.model import CheckResult, HandedFile, Outcome, State, Submission, Visibility
from grader.sandbox import open_slot

ROOT = Path(__file__).parents[1] / "assignments"
LABS = ("tp1", "svm", "logreg", "activations", "autograd")
lab = pytest.fixture(params=LABS)(lambda request: load_assignment(ROOT / request.param))


def grade(assignment: Assignment, fresh: Callable[[], dict[str, Any]]) -> tuple[CheckResult, ...]:
    assert assignment.reference is not None
    oracle = Oracle(names_of(assignment.reference))
    run = Run(connect=lambda case: LocalConnection(fresh()), oracle=oracle, seed=5)
    return run_checks(assignment.suite, run)


def starter_of(assignment: Assignment) -> str:
    assert assignment.reference is not None
    return cut_solution(assignment.reference.read_text("utf-8"), path=assignment.reference)


def test_a_lab_is_worth_20_points_about_a_third_of_them_hidden(lab: Assignment) -> None:
    hidden = math.fsum(c.points for c in lab.card.checks if c.visibility is not Visibility.PUBLIC)

    assert lab.card.points == 20
    assert 5.5 <= hidden <= 7.5


def test_the_reference_earns_everything_with_another_seed_too(lab: Assignment) -> None:
    assert lab.reference is not None
    results = grade(lab, names_of(lab.reference))

    assert [(r.check, str(r.message)) for r in results if r.outcome is not Outcome.PASSED] == []


def test_the_starter_runs_and_earns_nothing(lab: Assignment) -> None:
    source = starter_of(lab)

    def fresh() -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "starter"}
        exec(compile(source, "starter", "exec"), names)
        return names

    assert math.fsum(r.points for r in grade(lab, fresh)) == 0
    assert to_notebook(source).startswith(b"{")


def test_the_starter_defines_every_name_that_is_looked_up(lab: Assignment) -> None:
    names: dict[str, Any] = {"__name__": "starter"}
    exec(compile(starter_of(lab), "starter", "exec"), names)

    assert set(lab.settings.names) <= set(names)


def test_instructions_name_all_that_is_looked_up(lab: Assignment) -> None:
    words = (lab.folder / "instructions.md").read_text("utf-8")

    assert [name for name in lab.settings.names if f"`{name}" not in words] == []


class Odd:
    """Gives the same odd answer to whatever is asked of it."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer

    def __getattr__(self, name: str) -> Any:
        answer = self.__dict__["_answer"]
        return lambda *args, **kwargs: answer


ODD_ANSWERS: list[Any] = [
    None,
    "text",
    float("nan"),
    10**400,
    [],
    [None, "x", 3],
    (np.zeros(0), np.array("text")),
    np.full((3, 4), np.nan),
    np.array(["a", "b"]),
    object(),
]


@pytest.mark.parametrize("answer", ODD_ANSWERS, ids=lambda a: type(a).__name__)
def test_odd_answers_are_wrong_and_never_break_a_check(lab: Assignment, answer: Any) -> None:
    def fresh() -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "odd"}
        for name in lab.settings.names:
            # what begins with a capital is a class
            odd = (
                (lambda *args, **kwargs: Odd(answer)) if name[0].isupper() else lambda *args, **kwargs: answer
            )
            names[name] = odd
        return names

    results = grade(lab, fresh)

    assert [(r.check, r.detail) for r in results if r.outcome is Outcome.BROKEN] == []
    assert math.fsum(r.points for r in results) < 2


@pytest.mark.slow
def test_the_bank_as_a_class_loses_points_and_is_named(lab: Assignment) -> None:
    assert lab.reference is not None
    source = lab.reference.read_text("utf-8")
    unnamed = []
    with open_slot(isolation="portable", preload=lab.preload()) as slot:
        desk = open_desk(lab, slot, seed=5)
        for mistake in lab.mistakes:
            files = (HandedFile(path=f"{lab.id}.ipynb", content=to_notebook(source, mistake.source)),)
            result = grade_submission(Submission(key=mistake.id, name=mistake.id, files=files), desk).result
            assert result.state is State.GRADED, mistake.id
            assert math.fsum(r.points for r in result.checks) < 20, mistake.id
            if not any(mistake.id in r.mistakes for r in result.checks):
                unnamed.append(mistake.id)

    assert unnamed == []
