"""A check whose answers are known is not run again, and nobody's verdict depends on that."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.assignment import list_assignments, load_assignment
from grader.assignment.oracles import names_of
from grader.checks.connection import Interrupted
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import CheckRunner
from grader.checks.recall import Recall
from grader.checks.suite import Case, Diagnoses, Mistake, Run, Suite
from grader.model import CheckResult, Outcome, text, verbatim
from grader.worker import wire
from tests.fakes import names, suite

ROOT = Path(__file__).parents[1]
REFERENCE = "def double(x):\n    return 2 * x\ndef shift(x):\n    return x + 1"
CHECKS = """
@pytest.mark.check(points=2)
def test_double(student, reference, rng):
    "double(x) is 2 x."
    for _ in range(3):
        x = rng.normal(size=3)
        got = expect_array(student.call("double", x), shape=(3,), name="double(x)")
        expect_close(got, reference.call("double", x), name="double(x)")

@pytest.mark.check(points=1)
def test_shift(student, reference, rng):
    "shift(x) is x + 1."
    x = rng.normal(size=2)
    first = expect_array(student.call("shift", x), shape=(2,), name="shift(x)")
    expect_close(first, reference.call("shift", x), name="shift(x)")
    expect_close(expect_array(student.call("shift", first), name="shift(shift(x))"), x + 2, name="shift")
"""
DOUBLES = (
    "2 * x",
    "x + x",
    "3 * x",
    "x[:2]",
    "None",
    "1 / 0",
    "x * 2.0000000001",
    "2 * x if x[0] < 0 else x",
)
SHIFTS = ("x + 1", "1 + x", "x - 1", "x + (x > 0)", "'text'")


def code_of(double: str = "2 * x", shift: str = "x + 1") -> str:
    return f"def double(x):\n    return {double}\ndef shift(x):\n    return {shift}"


class Framed(LocalConnection):
    """A line over which frames go, as to a process."""

    asked = 0

    def exchange(self, frame: bytes) -> bytes:
        Framed.asked += 1
        return super().exchange(frame)

    def read(self, answer: bytes) -> Mapping[str, Any]:
        said: Mapping[str, Any] = wire.decode(answer)
        return said


class Desk:
    """Grades one student's source after the other."""

    def __init__(
        self, checks: Suite, recall: Recall | None, *, mistakes: Mapping[str, str] | None = None
    ) -> None:
        self.runner = CheckRunner(checks)
        self.recall = recall
        self.oracle = Oracle(names(REFERENCE))
        bank = [
            Mistake(id=name, words=verbatim(name), fresh=names(f"{REFERENCE}\n{overlay}"))
            for name, overlay in (mistakes or {}).items()
        ]
        self.diagnoses = Diagnoses(mistakes=tuple(bank))

    def grade(self, code: str, connect: Callable[[Case], Any] | None = None) -> tuple[CheckResult, ...]:
        fresh = names(code)
        run = Run(
            connect=connect or (lambda case: Framed(fresh())),
            oracle=self.oracle,
            seed=7,
            diagnoses=self.diagnoses,
            recall=self.recall,
        )
        return self.runner.run(run)


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    return suite(tmp_path_factory.mktemp("checks"), public=CHECKS)


def ran(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the checks that are run from now on."""
    seen: list[str] = []
    inner = CheckRunner._run_cases

    def counted(self: CheckRunner, check: Any, *rest: Any) -> Any:
        seen.append(check.name)
        return inner(self, check, *rest)

    monkeypatch.setattr(CheckRunner, "_run_cases", counted)
    return seen


def test_the_third_with_the_same_answers_is_asked_but_the_check_is_not_run(
    checks: Suite, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(checks, Recall())
    first, second = desk.grade(code_of()), desk.grade(code_of("x + x"))  # other code, the same numbers
    seen = ran(desk, monkeypatch)
    before = Framed.asked
    third = desk.grade(code_of("x * 2"))
    assert seen == []
    assert Framed.asked - before == 2 * (3 + 2)  # two seeds of both checks
    assert first == second == third
    assert desk.recall is not None
    assert desk.recall.recalled == 2


def test_one_bit_of_difference_has_the_check_run(checks: Suite, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(checks, Recall())
    for _ in range(3):
        desk.grade(code_of())
    seen = ran(desk, monkeypatch)
    (double, _) = desk.grade(code_of("np.nextafter(2 * x, np.inf)"))
    assert seen == ["double"]
    assert double.outcome is Outcome.PASSED


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(DOUBLES), st.sampled_from(SHIFTS)), min_size=2, max_size=12))
def test_verdicts_are_those_of_runs_that_remember_nothing(
    checks: Suite, class_: Sequence[tuple[str, str]]
) -> None:
    mistakes = {"triples": "def double(x):\n    return 3 * x", "subtracts": "def shift(x):\n    return x - 1"}
    remembering, forgetting, plain = (
        Desk(checks, recall, mistakes=mistakes) for recall in (Recall(), Recall(most_bytes=3_000), None)
    )
    for double, shift in class_:
        code = code_of(double, shift)
        expected = plain.grade(code)
        assert remembering.grade(code) == expected
        assert forgetting.grade(code) == expected


def test_a_process_that_dies_on_a_known_way_is_told_where_it_died(checks: Suite) -> None:
    class Dying(Framed):
        left = 2

        def exchange(self, frame: bytes) -> bytes:
            if self.left == 0:
                raise Interrupted(Outcome.CRASHED, text("The process ended before it answered."))
            self.left -= 1
            return super().exchange(frame)

    desk = Desk(checks, Recall())
    for _ in range(3):
        desk.grade(code_of())
    fresh = names(code_of())
    (double, shift) = desk.grade(code_of(), connect=lambda case: Dying(fresh()))
    assert (double.outcome, shift.outcome) == (Outcome.CRASHED, Outcome.CRASHED)
    again = desk.grade(code_of())  # and the next one is not charged with it
    assert [r.outcome for r in again] == [Outcome.PASSED, Outcome.PASSED]


def test_an_end_by_force_is_not_remembered(checks: Suite) -> None:
    class Late(Framed):
        def exchange(self, frame: bytes) -> bytes:
            raise Interrupted(
                Outcome.TIMEOUT, text("It took longer than {limit} s and was stopped.", limit="5")
            )

    desk = Desk(checks, Recall())
    fresh = names(code_of())
    for _ in range(3):
        late = desk.grade(code_of(), connect=lambda case: Late(fresh()))
        assert {r.outcome for r in late} == {Outcome.TIMEOUT}
    assert {r.outcome for r in desk.grade(code_of())} == {Outcome.PASSED}


def test_nonsense_is_refused_each_time(checks: Suite) -> None:
    class Babbling(Framed):
        def exchange(self, frame: bytes) -> bytes:
            return b"\0\0\0\2\0\0\0\0{}"

        def read(self, answer: bytes) -> Mapping[str, Any]:
            try:
                return super().read(answer)
            except wire.WireError:
                raise Interrupted(
                    Outcome.CRASHED, text("The process sent something that is not an answer.")
                ) from None

    desk = Desk(checks, Recall())
    fresh = names(code_of())
    for _ in range(4):
        results = desk.grade(code_of(), connect=lambda case: Babbling(fresh()))
        assert {r.outcome for r in results} == {Outcome.CRASHED}


def test_a_check_that_asks_otherwise_each_time_is_always_run_and_its_author_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unsteady = """
    earlier = []

    @pytest.mark.check(points=1)
    def test_double(student):
        "double(x) is 2 x."
        earlier.append(student)
        x = np.ones(len(earlier))
        expect_array(student.call("double", np.ones(2)), name="double(x)")
        expect_close(expect_array(student.call("double", x), name="double(x)"), 2 * x, name="double(x)")
    """
    lines = "\n".join(line.removeprefix("    ") for line in unsteady.splitlines())
    desk = Desk(suite(tmp_path, public=lines), Recall())
    with caplog.at_level(logging.WARNING, logger="grader"):
        outcomes = [desk.grade(code_of(double))[0].outcome for double in ("2 * x", "2 * x", "2 * x", "3 * x")]
    assert outcomes == [Outcome.PASSED, Outcome.PASSED, Outcome.PASSED, Outcome.FAILED]
    assert caplog.text.count("asks something else after the same answers") == 1


def test_a_check_of_ours_that_fails_is_tried_again(tmp_path: Path) -> None:
    broken = """
@pytest.mark.check(points=1)
def test_double(student):
    "double(x) is 2 x."
    student.call("double", np.ones(2))
    raise RuntimeError("ours")
"""
    desk = Desk(suite(tmp_path, public=broken), Recall())
    for _ in range(3):
        assert desk.grade(code_of())[0].outcome is Outcome.BROKEN
    assert desk.recall is not None
    assert desk.recall.recalled == 0


@pytest.mark.parametrize("folder", list_assignments([ROOT / "assignments"]), ids=lambda folder: folder.name)
def test_every_check_of_ours_goes_the_same_way_again(folder: Path) -> None:
    lab, recall = load_assignment(folder), Recall()
    assert lab.reference is not None
    fresh, runner = names_of(lab.reference), CheckRunner(lab.suite)
    for _ in range(3):
        run = Run(connect=lambda case: Framed(fresh()), oracle=lab.oracle(), seed=3, recall=recall)
        assert {r.outcome for r in runner.run(run)} == {Outcome.PASSED}
    assert recall.recalled == len(lab.card.checks)


def test_memory_is_bounded_and_what_is_met_often_stays(checks: Suite) -> None:
    recall = Recall(most_bytes=20_000)
    for n in range(500):
        place = n.to_bytes(4, "big")
        for _ in range(2):
            recall.keep(place, bytes(2_000) + place)
            recall.keep(b"often", b"request")
        assert recall.at(b"often") == b"request"
        assert recall.held_bytes <= 20_000
    assert len(recall) < 20
    assert recall.at((499).to_bytes(4, "big")) is not None


def test_a_request_of_many_places_is_held_once() -> None:
    recall = Recall(most_bytes=100_000)
    for n in range(50):
        for _ in range(2):
            recall.keep(n.to_bytes(4, "big"), bytes(10_000))
    assert len(recall) == 50
    assert recall.held_bytes < 50 * 10_000 / 10


def test_what_was_met_once_takes_next_to_nothing() -> None:
    recall = Recall()
    for n in range(1000):
        recall.keep(n.to_bytes(4, "big"), bytes(10_000))
    assert (len(recall), recall.held_bytes) == (0, 0)
