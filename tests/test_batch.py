"""Batches: nobody is lost, nothing is run twice, everything is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.batch.events import Began, Failed, Finished, Retrying, Started
from grader.batch.grading import under_known_keys
from grader.batch.pool import Pool
from grader.batch.work import Answer, Executor, Inline, Report, Task
from grader.discover import Entry, Part, Status, Storage
from grader.errors import SandboxError
from grader.model import State, Tier, text
from grader.store import results_json
from tests.batch_fakes import CONDITIONS, entries, opened, run_batch


def test_everybody_ends_in_the_store_in_the_order_of_the_class(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        summary, events = run_batch(store, entries("pass", "fail", "pass"), Inline(recipe))
        assert store.keys() == ("s0", "s1", "s2")
        assert (summary.total, summary.states, summary.tier) == (3, ((State.GRADED, 3),), Tier.PORTABLE)
    assert [type(event) for event in events] == [Started] + [Began, Finished] * 3


def test_processes_give_the_same_bytes_as_no_processes(tmp_path: Path) -> None:
    class_ = entries(*["pass", "fail"] * 5)
    found = []
    for name, make in (("one", Inline), ("two", lambda recipe: Pool(recipe, 2))):
        (tmp_path / name).mkdir()
        with opened(tmp_path / name) as (store, recipe):
            run_batch(store, class_, make(recipe))
            found.append("".join(results_json(store)))
    assert found[0] == found[1]


def test_a_bug_of_ours_costs_one_submission_and_is_told(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        summary, events = run_batch(store, entries("raise", "pass"), Inline(recipe))
        assert summary.needs_review == ("s0",)
        assert store.get("s0").result.state is State.NEEDS_REVIEW
        assert store.get("s1").result.state is State.GRADED
        assert b"a bug of ours" in store.kept("failure/s0")
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.key == "s0"
    assert "a bug of ours" in failed.reason


def test_what_we_failed_on_is_tried_again_in_the_next_run(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        run_batch(store, entries("raise"), Inline(recipe))
        run_batch(store, entries("pass"), Inline(recipe))
        assert store.get("s0").result.state is State.GRADED
        assert store.kept("failure/s0") is None


@pytest.mark.parametrize(("order", "runs"), [("die", 2), ("die once", 2)])
def test_a_process_that_dies_is_replaced_and_its_submission_tried_once_more(
    tmp_path: Path, order: str, runs: int
) -> None:
    with opened(tmp_path) as (store, recipe):
        summary, events = run_batch(store, entries("pass", order, "pass", "pass"), Pool(recipe, 2))
        assert recipe.runs("s1") == runs
        assert store.keys() == ("s0", "s1", "s2", "s3")
        assert summary.needs_review == (("s1",) if order == "die" else ())
        if order == "die":
            assert store.kept("failure/s1") == b"the grading process died (signal 9), 2 times"
    (retried,) = [event for event in events if isinstance(event, Retrying)]
    assert retried.key == "s1"
    assert "signal 9" in retried.reason


def test_a_process_that_hangs_is_killed(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        summary, _ = run_batch(store, entries("hang", "pass"), Pool(recipe, 1, patience_s=0.3))
        assert summary.needs_review == ("s0",)
        assert store.get("s1").result.state is State.GRADED
        assert b"took more than" in store.kept("failure/s0")


def test_processes_that_cannot_start_end_the_batch_with_a_sentence(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        dying = dataclasses.replace(recipe, opening="die")
        with pytest.raises(SandboxError, match=r"cannot start: the last one died \(exit code 3\): run"):
            run_batch(store, entries("pass", "pass"), Pool(dying, 2))


def test_an_error_that_staff_can_mend_comes_out_of_the_processes_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        refusing = dataclasses.replace(recipe, opening="refuse")
        with pytest.raises(SandboxError, match="no isolation here: run `grader doctor`"):
            run_batch(store, entries("pass"), Pool(refusing, 1))


def test_only_as_many_processes_start_as_there_is_work_for(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        _, events = run_batch(store, entries("pass"), Pool(recipe, 8))
    assert {event.where for event in events if isinstance(event, Began)} == {"process 1"}


# --- reuse ----------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_run_again(tmp_path: Path) -> None:
    class_ = entries("pass", "fail")
    with opened(tmp_path) as (store, recipe):
        run_batch(store, class_, Inline(recipe))
        before = "".join(results_json(store))
        refusing = dataclasses.replace(recipe, opening="refuse")
        summary, events = run_batch(store, class_, Inline(refusing))
        assert summary.reused == 2
        assert "".join(results_json(store)) == before
        assert [e.is_reused for e in events if isinstance(e, Finished)] == [True, True]
        assert recipe.runs("s0") == 1


def test_fresh_runs_everything_again(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        for _ in range(2):
            summary, _ = run_batch(store, entries("pass"), Inline(recipe), fresh=True)
        assert (recipe.runs("s0"), summary.reused) == (2, 0)


@pytest.mark.parametrize(
    "change", [{"assignment": "b" * 64}, {"grader": "0.2.0"}, {"seed": 1}, {"tier": Tier.STRONG}]
)
def test_other_conditions_run_everything_again(tmp_path: Path, change: dict[str, object]) -> None:
    with opened(tmp_path) as (store, recipe):
        run_batch(store, entries("pass"), Inline(recipe))
        other = dataclasses.replace(CONDITIONS, **change)
        summary, _ = run_batch(store, entries("pass"), Inline(recipe), conditions=other)
        assert (recipe.runs("s0"), summary.reused) == (2, 0)


def test_another_file_is_run(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        run_batch(store, entries("pass", "pass"), Inline(recipe))
        run_batch(store, entries("pass", "fail"), Inline(recipe))
        assert (recipe.runs("s0"), recipe.runs("s1")) == (1, 2)


def test_a_date_that_came_later_changes_the_penalty_without_a_run(tmp_path: Path) -> None:
    (entry,) = entries("pass")
    late = dataclasses.replace(entry, handed_in=datetime(2026, 12, 7, 12, tzinfo=UTC), identifier="41881")
    with opened(tmp_path) as (store, recipe):
        run_batch(store, (entry,), Inline(recipe))
        summary, _ = run_batch(store, (late,), Inline(recipe))
        result = store.get("s0").result
        assert (summary.reused, recipe.runs("s0")) == (1, 1)
        assert (result.lateness.penalty, result.identifier) == (1.0, "41881")


def test_notes_of_reading_are_brought_up_to_date(tmp_path: Path) -> None:
    (entry,) = entries("pass")
    noted = dataclasses.replace(entry, notes=(text("A draft."),))
    with opened(tmp_path) as (store, recipe):
        for handed in (noted, entry, noted):
            run_batch(store, (handed,), Inline(recipe))
            assert store.get("s0").result.notes == handed.notes
        assert recipe.runs("s0") == 1


def test_those_who_share_a_hand_in_are_graded_once(tmp_path: Path) -> None:
    first, second, third = entries("pass", "pass", "fail")
    class_ = (*(dataclasses.replace(e, work="team 7") for e in (first, second)), third)
    with opened(tmp_path) as (store, recipe):
        summary, events = run_batch(store, class_, Inline(recipe))
        assert store.keys() == ("s0", "s1", "s2")
        assert (recipe.runs("s0"), recipe.runs("s1")) == (1, 0)
        assert summary.total == len([e for e in events if isinstance(e, Finished)]) == 3
        again, _ = run_batch(store, class_, Inline(recipe))
        assert again.reused == 3


def test_who_is_no_longer_in_the_source_is_kept_and_told(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        run_batch(store, entries("pass", "fail"), Inline(recipe))
        summary, _ = run_batch(store, entries("pass"), Inline(recipe))
        assert summary.left_over == ("s1",)
        assert store.get("s1") is not None


PARTS = (Part(path="tp4.py", storage=Storage.FILE, source="tp4.py", size=1),)


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.DRAFT])
def test_a_hand_in_that_a_later_download_lacks_keeps_its_result(tmp_path: Path, status: Status) -> None:
    first = entries("pass", "fail")
    absent = dataclasses.replace(first[1], status=status)
    with opened(tmp_path) as (store, recipe):
        run_batch(store, (first[0], dataclasses.replace(absent, parts=PARTS)), Inline(recipe))
        before = store.get("s1")
        summary, _ = run_batch(store, (first[0], absent), Inline(recipe))
        assert summary.left_over == ("s1",)
        assert store.get("s1") == before


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("Fiona O'Placeholder", True), ("Fiona Example", True), ("Participant 7", True), ("Group A", False)],
)
def test_a_person_keeps_the_key_that_they_had_under_another_name(
    tmp_path: Path, name: str, is_one: bool
) -> None:
    with opened(tmp_path) as (store, recipe):
        was = Entry(key="fiona-oplaceholder-7", name="Fiona OPlaceholder", identifier="7", work="w")
        run_batch(store, (was,), Inline(recipe))
        entry = Entry(key="another-7", name=name, identifier="7", work="another-7")
        (now,) = under_known_keys([entry], store)
        assert (now.key, now.work) == ((was.key, was.key) if is_one else (entry.key, entry.work))
        assert under_known_keys([was, entry], store) == (was, entry)


class Counting:
    """An executor that counts what it is given and gives back."""

    slots = 2

    def __init__(self, inner: Executor) -> None:
        self._inner = inner
        self.open = 0
        self.most = 0

    def run(self, tasks: Iterator[Task]) -> Iterator[Report]:
        for report in self._inner.run(self._counted(tasks)):
            self.open -= isinstance(report, Answer)
            yield report

    def _counted(self, tasks: Iterator[Task]) -> Iterator[Task]:
        for task in tasks:
            self.open += 1
            self.most = max(self.most, self.open)
            yield task


def test_memory_holds_what_is_being_graded_and_not_the_class(tmp_path: Path) -> None:
    with opened(tmp_path) as (store, recipe):
        executor = Counting(Pool(recipe, 2))
        run_batch(store, entries(*["pass"] * 20), executor)
        assert executor.most <= 3
        assert executor.open == 0
