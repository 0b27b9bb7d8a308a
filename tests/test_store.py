"""The store: what is kept, for whom, and what it refuses."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from grader.errors import StoreError
from grader.model import Chart, Correction, Series, Tier, verbatim
from grader.store import Conflict, Record, Store, create_or_open, lock, open_existing
from grader.store.files import unwritable
from tests.class_fakes import CARD, make_graded


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with create_or_open(tmp_path / "out", CARD) as opened:
        yield opened


def correction(*, points: float | None = 1.0, author: str = "tess") -> Correction:
    return Correction(key="s1", check="relu_backward", points=points, reason="right idea", author=author)


def test_a_result_comes_back_as_it_was_put(store: Store) -> None:
    graded = make_graded("s1", failed=True)
    store.put(graded, 0, origin="where it came from")
    assert store.get("s1") == graded
    assert store.known("s1").origin == "where it came from"
    assert store.card() == CARD


def test_what_was_never_put_is_none(store: Store) -> None:
    assert store.get("nobody") is None
    assert store.known("nobody") is None
    assert store.tier() is None


def test_results_come_in_the_order_of_the_class(store: Store) -> None:
    for position, key in ((2, "c"), (0, "b"), (1, "a")):
        store.put(make_graded(key), position)
    assert store.keys() == ("b", "a", "c")
    assert [g.result.key for g in store.iterate()] == ["b", "a", "c"]
    store.place([("c", 0), ("b", 2)])
    assert store.keys() == ("c", "a", "b")


def test_a_later_result_takes_the_place_of_the_earlier(store: Store) -> None:
    store.put(make_graded("s1", failed=True), 0)
    assert store.sharing("missing_mean") == (("s1", "relu_backward"),)
    better = dataclasses.replace(make_graded("s1"), document=None, costs=())
    store.put(better, 0)
    assert store.get("s1") == better
    assert store.sharing("missing_mean") == ()


def test_names_that_are_no_unicode_are_kept(store: Store) -> None:
    graded = make_graded("s1")
    odd = dataclasses.replace(graded.result, name="\x00 \u202e é 𝕏", message=verbatim("\x1b[31m {no} \x00"))
    store.put(dataclasses.replace(graded, result=odd), 0)
    assert store.get("s1").result == odd


def test_the_weakest_isolation_is_told(store: Store) -> None:
    for position, tier in enumerate((Tier.STRONG, Tier.MEDIUM)):
        graded = make_graded(f"s{position}")
        provenance = dataclasses.replace(graded.result.provenance, tier=tier)
        result = dataclasses.replace(graded.result, provenance=provenance)
        store.put(dataclasses.replace(graded, result=result), position)
    assert store.tier() is Tier.MEDIUM


def test_files_are_kept_as_bytes(store: Store) -> None:
    assert store.kept("worksheet") is None
    store.keep("worksheet", b"\xef\xbb\xbfIdentifier\r\n")
    assert store.kept("worksheet") == b"\xef\xbb\xbfIdentifier\r\n"


def test_several_results_are_kept_all_or_not_at_all(store: Store) -> None:
    broken = dataclasses.replace(make_graded("s2"), costs=(object(),))
    with pytest.raises(AttributeError, match="check"):
        store.put_all([Record(graded=make_graded("s1"), position=0), Record(graded=broken, position=1)])
    assert store.keys() == ()


# --- what people decide -----------------------------------------------------------------------------


def test_grading_again_never_touches_what_people_decided(store: Store) -> None:
    store.put(make_graded("s1", failed=True), 0)
    desk = store.desk
    version = desk.correct(correction(), version=0)
    version = desk.comment("s1", "relu_backward", "see the **mask**", author="tess", version=version)
    version = desk.mark("s1", author="tess", version=version)
    before = (desk.corrections("s1"), desk.comments("s1"), desk.reviewed("s1"))
    store.put(make_graded("s1"), 5)
    assert (desk.corrections("s1"), desk.comments("s1"), desk.reviewed("s1")) == before
    assert desk.version("s1") == version
    assert desk.history("s1")[-1].action == "regrade"


def test_grading_again_with_the_same_result_is_not_logged(store: Store) -> None:
    store.put(make_graded("s1"), 0)
    store.desk.correct(correction(), version=0)
    store.put(make_graded("s1"), 3)
    assert [entry.action for entry in store.desk.history()] == ["correct"]


def test_whole_numbers_that_come_back_as_floats_are_no_other_result(store: Store) -> None:
    graded = make_graded("s1")
    chart = Chart(title="", x_label="", y_label="", series=(Series(label="", x=(1, 2), y=(0, 1)),))
    checks = (dataclasses.replace(graded.result.checks[0], evidence=(chart,)),)
    graded = dataclasses.replace(graded, result=dataclasses.replace(graded.result, checks=checks))
    store.put(graded, 0)
    store.desk.mark("s1", author="tess", version=0)
    again = store.get("s1")
    assert store.holds(Record(graded=again, position=0))
    store.put(again, 1)
    assert [entry.action for entry in store.desk.history()] == ["review"]


def test_two_who_correct_the_same_submission_do_not_overwrite_each_other(store: Store) -> None:
    store.put(make_graded("s1", failed=True), 0)
    store.desk.correct(correction(author="tess"), version=0)
    with pytest.raises(Conflict, match="tess: correct") as caught:
        store.desk.correct(correction(points=2.0, author="uma"), version=0)
    assert caught.value.key == "s1"
    assert [entry.author for entry in caught.value.entries] == ["tess"]
    assert store.desk.corrections("s1") == (correction(author="tess"),)


def test_undo_goes_back_one_change_at_a_time(store: Store) -> None:
    store.put(make_graded("s1", failed=True), 0)
    desk = store.desk
    version = desk.correct(correction(points=1.0), version=0)
    version = desk.correct(correction(points=2.0), version=version)
    version = desk.comment("s1", "", "well done", author="tess", version=version)
    version = desk.undo("s1", author="uma", version=version)
    assert desk.comments("s1") == ()
    version = desk.undo("s1", author="uma", version=version)
    assert desk.corrections("s1") == (correction(points=1.0),)
    version = desk.undo("s1", author="uma", version=version)
    assert desk.corrections("s1") == ()
    with pytest.raises(StoreError, match="nothing of s1 is left to undo"):
        desk.undo("s1", author="uma", version=version)


def test_a_deleted_comment_comes_back_with_undo(store: Store) -> None:
    store.put(make_graded("s1"), 0)
    desk = store.desk
    version = desk.comment("s1", "", "well done", author="tess", version=0)
    (comment,) = desk.comments("s1")
    version = desk.delete_comment("s1", comment.id, author="uma", version=version)
    assert desk.comments("s1") == ()
    desk.undo("s1", author="uma", version=version)
    (again,) = desk.comments("s1")
    assert (again.body, again.author) == ("well done", "tess")


def test_withdrawing_lets_the_machine_decide_again(store: Store) -> None:
    store.put(make_graded("s1"), 0)
    version = store.desk.correct(correction(points=None), version=0)
    version = store.desk.withdraw("s1", "relu_backward", author="tess", version=version)
    assert store.desk.corrections("s1") == ()
    store.desk.undo("s1", author="tess", version=version)
    assert store.desk.corrections("s1") == (correction(points=None),)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"reason": " "}, "needs a reason"),
        ({"author": ""}, "needs an author"),
        ({"points": -1.0}, "no number of points"),
        ({"points": float("nan")}, "no number of points"),
        ({"key": "nobody"}, "no submission nobody"),
    ],
)
def test_a_correction_that_cannot_be_defended_is_refused(
    store: Store, change: dict[str, object], complaint: str
) -> None:
    store.put(make_graded("s1"), 0)
    with pytest.raises(StoreError, match=complaint):
        store.desk.correct(dataclasses.replace(correction(), **change), version=0)
    assert store.desk.history() == ()


def test_a_change_to_several_submissions_is_made_to_all_or_to_none(store: Store) -> None:
    store.put(make_graded("s1"), 0)
    store.put(make_graded("s2"), 1)
    store.desk.mark("s2", author="uma", version=0)
    with pytest.raises(Conflict, match="s2"), store.together():
        for key in ("s1", "s2"):
            store.desk.mark(key, author="tess", version=0)
    assert store.desk.reviewed("s1") is None
    assert store.desk.version("s1") == 0


@pytest.mark.parametrize("statement", ["UPDATE log SET author = 'x'", "DELETE FROM log"])
def test_the_log_can_only_grow(store: Store, statement: str) -> None:
    store.put(make_graded("s1"), 0)
    store.desk.mark("s1", author="tess", version=0)
    other = sqlite3.connect(store.out / "grades.sqlite")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(statement)
    other.close()
    assert json.loads(store.desk.history()[0].detail) == {"before": None}


# --- what is refused ----------------------------------------------------------------------------------


def test_the_folder_of_another_assignment_is_refused_and_left_alone(tmp_path: Path) -> None:
    with create_or_open(tmp_path, CARD) as store:
        store.put(make_graded("s1"), 0)
    with pytest.raises(StoreError, match=r"holds the results of tp4, not of tp3: choose another"):
        create_or_open(tmp_path, dataclasses.replace(CARD, id="tp3"))
    with open_existing(tmp_path) as store:
        assert store.card().id == "tp4"


def test_two_runs_on_one_folder_refuse_each_other(tmp_path: Path) -> None:
    with create_or_open(tmp_path, CARD):
        with pytest.raises(StoreError, match=r"being written by another run of grader \(process \d+\)"):
            create_or_open(tmp_path, CARD)
        open_existing(tmp_path).close()
    create_or_open(tmp_path, CARD).close()


def test_a_run_that_was_killed_keeps_nobody_out(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path\n"
        "from tests.class_fakes import CARD; from grader.store import create_or_open\n"
        "store = create_or_open(Path(sys.argv[1]), CARD)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    here = Path(__file__).parents[1]
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=here, check=False)
    assert ended.returncode == -9
    create_or_open(tmp_path, CARD).close()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(StoreError, match="is a file: give a folder"):
        create_or_open(tmp_path / "out", CARD)


def test_a_disk_without_room_for_the_lock_is_told_in_one_sentence(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(StoreError, match=rf"{tmp_path} cannot be written \(.*\): free some space"):
            lock(tmp_path).__enter__()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_folder_that_takes_no_lock_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".grader.lock").mkdir()  # root may write to any folder, but not to this
    with pytest.raises(StoreError, match=rf"{tmp_path} cannot be written \(Is a directory\)"):
        create_or_open(tmp_path, CARD)


@pytest.mark.parametrize(
    ("number", "fix"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "right to write"), (errno.ENAMETOOLONG, "shorter")],
)
def test_what_to_do_depends_on_why_nothing_can_be_written(number: int, fix: str) -> None:
    assert fix in unwritable(Path("out"), OSError(number, os.strerror(number))).fix


def test_a_name_that_is_too_long_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"x cannot be made \(File name too long\): choose another"):
        create_or_open(tmp_path / ("x" * 300), CARD)
    with pytest.raises(StoreError, match=r"x holds no grades\.sqlite: give the folder"):
        open_existing(tmp_path / ("x" * 300))


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "grades.sqlite").write_text("these are my notes, not a database " * 100)
    with pytest.raises(StoreError, match="is not a database: choose another"):
        create_or_open(tmp_path, CARD)
    assert (tmp_path / "grades.sqlite").read_text().startswith("these are my notes")


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "grades.sqlite")
    other.execute("CREATE TABLE recipes (name)")
    other.close()
    with pytest.raises(StoreError, match="database of another program"):
        create_or_open(tmp_path, CARD)


def test_a_database_of_a_newer_grader_is_refused(tmp_path: Path) -> None:
    create_or_open(tmp_path, CARD).close()
    other = sqlite3.connect(tmp_path / "grades.sqlite")
    other.execute("PRAGMA user_version = 99")
    other.close()
    with pytest.raises(StoreError, match="newer grader"):
        open_existing(tmp_path)


def test_a_folder_that_was_not_graded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"holds no grades\.sqlite"):
        open_existing(tmp_path)


def test_a_run_killed_before_its_first_word_can_begin_again(tmp_path: Path) -> None:
    (tmp_path / "grades.sqlite").touch()
    with pytest.raises(StoreError, match="is empty"):
        open_existing(tmp_path)
    create_or_open(tmp_path, CARD).close()


def test_a_full_disk_is_told_in_one_sentence_and_loses_nothing(store: Store) -> None:
    store.put(make_graded("s1"), 0)
    pages = store._database._connection.execute("PRAGMA page_count").fetchone()[0]
    store._database._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="disk is full: free some space"):
        store.put_all([Record(graded=make_graded(f"s{i}"), position=i) for i in range(2, 100)])
    assert store.keys() == ("s1",)


def test_a_database_that_another_program_holds_is_told(store: Store) -> None:
    store._database._connection.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(store.out / "grades.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked by another program: close"):
        store.put(make_graded("s1"), 0)
    other.close()
    store.put(make_graded("s1"), 0)
