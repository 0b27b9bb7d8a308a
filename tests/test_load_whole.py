"""A good TP4 keeps every point through every oddity that leaves its code intact."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader import score
from grader.assignment import load_assignment
from grader.grade import Desk, grade_submission, open_desk
from grader.model import HandedFile, LoadMode, Outcome, Submission
from grader.sandbox import open_slot
from tests.loading.oddities import MODULES, NOTEBOOKS, Files, cells_of, module_of

ASSIGNMENTS = Path(__file__).parents[1] / "assignments"
CLASS = Path(__file__).parents[1] / "submissions" / "tp4"
ALWAYS = ("cells_that_fail", "written_to_a_file")  # the others are slow to grade one by one


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    assignment = load_assignment(ASSIGNMENTS / "tp4")
    with open_slot(isolation="portable", preload=assignment.preload()) as slot:
        yield open_desk(assignment, slot, seed=0)


def _marked(names: dict[str, object]) -> list[object]:
    return [n if n in ALWAYS else pytest.param(n, marks=pytest.mark.slow) for n in names]


def _assert_full(desk: Desk, files: Files) -> None:
    handed = tuple(HandedFile(path=p, content=c) for p, c in files.items())
    result = grade_submission(Submission(key="s", name="Student 07", files=handed), desk).result
    lost = [(c.check, str(c.message)) for c in result.checks if c.outcome is not Outcome.PASSED]
    assert lost == [], [str(n) for n in result.notes]
    assert score.total(result.checks) == pytest.approx(desk.assignment.card.points)


@pytest.mark.parametrize("oddity", _marked(dict(NOTEBOOKS)))
def test_a_good_notebook_keeps_every_point(oddity: str, desk: Desk) -> None:
    _assert_full(desk, NOTEBOOKS[oddity](cells_of("tp4.py")))


@pytest.mark.slow
@pytest.mark.parametrize("student", sorted(p.name for p in CLASS.iterdir() if p.is_dir()))
def test_both_modes_give_the_same_verdicts(student: str, desk: Desk) -> None:
    settings = desk.assignment.settings
    load = settings.load.model_copy(update={"mode": LoadMode.ALL})
    limits = settings.limits.model_copy(update={"load_s": 20.0})
    changed = replace(desk.assignment, settings=settings.model_copy(update={"load": load, "limits": limits}))
    paths = [p for p in sorted((CLASS / student).rglob("*")) if p.is_file()]
    files = tuple(HandedFile(path=p.name, content=p.read_bytes()) for p in paths)
    submission = Submission(key="s", name=student, files=files)
    verdicts = [
        {c.check: (c.outcome, c.points) for c in grade_submission(submission, d).result.checks}
        for d in (desk, replace(desk, assignment=changed))
    ]
    assert verdicts[0] == verdicts[1]


@pytest.mark.slow
@pytest.mark.parametrize("oddity", sorted(MODULES))
def test_a_good_module_keeps_every_point(oddity: str, desk: Desk) -> None:
    _assert_full(desk, MODULES[oddity](module_of("tp4.py")))
