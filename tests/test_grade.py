"""Whole runs: a folder with a hand-in and what must become of it. No code is needed to add one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader import score
from grader.assignment import load_assignment
from grader.checks.plugin import CheckRunner
from grader.grade import Desk, grade_submission, open_desk
from grader.model import HandedFile, LoadMode, Outcome, State, Submission, Trace, to_json
from grader.sandbox import open_slot
from grader.store import standing
from tests.fakes import suite

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases" / "mini").iterdir())


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    assignment = load_assignment(HERE / "assignments" / "mini")
    with open_slot(isolation="portable", preload=assignment.preload()) as slot:
        yield open_desk(assignment, slot, seed=0)


def submission(folder: Path) -> Submission:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "expected.json"]
    handed = tuple(HandedFile(path=p.relative_to(folder).as_posix(), content=p.read_bytes()) for p in files)
    return Submission(key=folder.name, name=folder.name, files=handed)


@pytest.mark.parametrize("folder", CASES, ids=lambda p: p.name)
def test_a_hand_in_gets_what_its_answers_deserve(folder: Path, desk: Desk) -> None:
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    result = grade_submission(submission(folder), desk).result
    found = {c.check: c for c in result.checks}
    assert {name: c.outcome.value for name, c in found.items()} == expected["checks"], [
        (c.check, str(c.message), c.detail) for c in result.checks if c.outcome is not Outcome.PASSED
    ]
    assert result.state.value == expected["state"]
    assert score.total(result.checks) == pytest.approx(expected["points"])
    for name, mistakes in expected.get("mistakes", {}).items():
        assert list(found[name].mistakes) == mistakes
    for name, words in expected.get("messages", {}).items():
        assert words in str(found[name].message)
    for words in expected.get("notes", []):
        assert any(words in str(note) for note in result.notes)


def test_the_next_student_is_unaffected_by_a_hostile_one(desk: Desk) -> None:
    right = submission(HERE / "cases" / "mini" / "right")
    alone = to_json(grade_submission(right, desk).result)
    for hostile in ("kills_its_parent", "patches_the_comparison", "floods_the_output", "eats_memory"):
        grade_submission(submission(HERE / "cases" / "mini" / hostile), desk)
        assert to_json(grade_submission(right, desk).result) == alone


def test_nothing_handed_in_is_said_so(desk: Desk) -> None:
    result = grade_submission(Submission(key="k", name="n"), desk).result
    assert result.state is State.NOTHING_SUBMITTED
    assert str(result.message) == "Nothing was handed in."


def test_lateness_is_kept_apart_from_the_points(desk: Desk) -> None:
    due = desk.assignment.card.due
    assert due is not None
    late = replace(submission(HERE / "cases" / "mini" / "right"), handed_in=due + timedelta(hours=30))
    result = grade_submission(late, desk).result
    assert (result.lateness.seconds, result.lateness.penalty) == (30 * 3600, 4.0)
    assert score.total(result.checks) == 10


def test_an_extension_moves_the_due_date(desk: Desk) -> None:
    due = desk.assignment.card.due
    assert due is not None
    own = replace(
        submission(HERE / "cases" / "mini" / "right"),
        handed_in=datetime(2026, 2, 10, tzinfo=UTC),
        extension=datetime(2026, 2, 11, tzinfo=UTC),
    )
    assert grade_submission(own, desk).result.lateness.penalty == 0


def test_what_does_not_load_whole_is_loaded_by_its_definitions(desk: Desk) -> None:
    settings = desk.assignment.settings
    whole = settings.model_copy(update={"load": settings.load.model_copy(update={"mode": LoadMode.ALL})})
    everything = replace(desk, assignment=replace(desk.assignment, settings=whole))
    result = grade_submission(
        submission(HERE / "cases" / "mini" / "loops_forever_while_loading"), everything
    ).result
    assert score.total(result.checks) == 10
    assert any("Only its definitions were loaded" in str(n) for n in result.notes)


def test_a_fault_of_ours_is_no_verdict(desk: Desk) -> None:
    class Gone:
        tier = desk.slot.tier

        def load(self, *args: object, **kwargs: object) -> None:
            raise OSError("no more processes")

    broken = replace(desk, slot=Gone())  # type: ignore[arg-type]
    result = grade_submission(submission(HERE / "cases" / "mini" / "right"), broken).result
    assert result.state is State.NEEDS_REVIEW
    assert {c.outcome for c in result.checks} <= {Outcome.BROKEN, Outcome.SKIPPED}


def test_what_a_check_cannot_send_is_our_fault(desk: Desk, tmp_path: Path) -> None:
    check = """
@pytest.mark.check(points=1)
def test_odd(student):
    \"\"\"Odd.\"\"\"
    student.call("softmax", {1, 2})
"""
    odd = replace(desk, checks=CheckRunner(suite(tmp_path, public=check)))
    result = grade_submission(submission(HERE / "cases" / "mini" / "right"), odd).result
    assert [c.outcome for c in result.checks] == [Outcome.BROKEN]


def test_a_draft_is_graded_and_left_for_a_person_to_decide(desk: Desk) -> None:
    draft = replace(submission(HERE / "cases" / "mini" / "right"), is_draft=True)
    result = grade_submission(draft, desk).result
    assert result.state is State.NEEDS_REVIEW
    assert score.total(result.checks) == 10
    assert "never submitted" in str(result.message)


def test_what_each_check_took_is_told_by_its_name(desk: Desk) -> None:
    graded = grade_submission(submission(HERE / "cases" / "mini" / "right"), desk)
    checks = [c.name for c in desk.assignment.card.checks]
    assert [c.check for c in graded.costs] == ["load", *checks, "forks"]
    assert all(c.wall_s > 0 for c in graded.costs[:-1])


def test_an_earlier_definition_that_would_earn_more_is_told(desk: Desk) -> None:
    right = (HERE / "cases" / "mini" / "right" / "mini.py").read_text("utf-8")
    content = f"{right}\n\ndef cross_entropy(P, y):\n    return 0.0\n"
    handed = Submission(key="k", name="n", files=(HandedFile(path="mini.py", content=content.encode()),))
    graded = grade_submission(handed, desk)
    result = graded.result
    assert {c.check: c.outcome for c in result.checks}["cross_entropy"] is Outcome.FAILED
    assert any("earlier definition of cross_entropy" in str(n) for n in result.notes)
    costs = {c.check: c.cpu_s for c in graded.costs}
    assert costs["earlier"] > 0
    assert costs["forks"] > 0  # of the hand-in as it is, which has ended before its earlier definitions run


def test_data_of_the_assignment_is_found_by_its_name(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "mini"
    shutil.copytree(HERE / "assignments" / "mini", folder)
    shutil.copy(HERE / "reference" / "mini.py", folder)
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("1,2,3\n", "utf-8")
    right = (HERE / "cases" / "mini" / "right" / "mini.py").read_text("utf-8")
    reads = "numbers = np.loadtxt('/home/me/numbers.csv', delimiter=',')"
    content = f"{right}\n{reads}\n\n\ndef softmax(O):\n    return numbers[None] + 0 * O\n"
    handed = Submission(key="k", name="n", files=(HandedFile(path="mini.py", content=content.encode()),))
    result = grade_submission(handed, replace(desk, assignment=load_assignment(folder))).result
    assert {c.check: c.outcome for c in result.checks}["softmax_shape"] is Outcome.PASSED


def test_repairs_cost_what_the_author_says(desk: Desk) -> None:
    settings = desk.assignment.settings
    load = settings.load.model_copy(update={"repairs": ("quotes",), "repair_cost": 0.5})
    strict = replace(
        desk, assignment=replace(desk.assignment, settings=settings.model_copy(update={"load": load}))
    )
    right = (HERE / "cases" / "mini" / "right" / "mini.py").read_text("utf-8")
    content = right.replace("def cross_entropy", "note = ‘typed in a word processor’\n\n\ndef cross_entropy")
    handed = Submission(key="k", name="n", files=(HandedFile(path="mini.py", content=content.encode()),))
    result = grade_submission(handed, strict).result
    assert (score.total(result.checks), result.deduction) == (10, 0.5)
    assert standing(result, ()).points == 9.5
    assert any("Repairs cost 0.5 points" in str(n) for n in result.notes)


def test_a_line_of_a_module_that_was_handed_in_is_shown(desk: Desk) -> None:
    right = (HERE / "cases" / "mini" / "right" / "mini.py").read_text("utf-8")
    files = {"mini.py": f"import helper\n{right}\n\ndef softmax(O):\n    return helper.half(O)\n"}
    files["helper.py"] = "def half(O):\n    return O / nothing\n"
    handed = tuple(HandedFile(path=p, content=c.encode()) for p, c in files.items())
    result = grade_submission(Submission(key="k", name="n", files=handed), desk).result
    failed = next(c for c in result.checks if c.check == "softmax_shape")
    (trace,) = (e for e in failed.evidence if isinstance(e, Trace))
    assert (trace.frames[-1].label, trace.frames[-1].line) == ("helper.py", 2)
