"""Derived files: from the database alone, whole or not there."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import zipfile
from pathlib import Path

import pytest

from grader.batch import derive
from grader.batch.cache import origin_of
from grader.batch.derive import WORKSHEET
from grader.errors import StoreError
from grader.model import Correction, Lateness, State, Submission
from grader.moodle import Recipient
from grader.store import create_or_open, write_file
from tests.class_fakes import CARD, make_graded

HEADER = "Identifier,Full name,Status,Grade,Maximum grade,Grade can be changed,Last modified (submission),"
ROWS = "".join(
    f'Participant {number},"{name}",Submitted for grading -  - ,,{{maximum}},Yes,'
    '"Sunday, 6 December 2026, 10:00 PM",-\n'
    for number, name in ((41, "Ada Example"), (42, "Bob Example"), (43, "Eve Example"))
)


def sheet(maximum: str = "4.00") -> bytes:
    words = HEADER + "Last modified (grade)\n" + ROWS.format(maximum=maximum)
    return b"\xef\xbb\xbf" + words.encode()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A graded class of three from Moodle: one right, one wrong and late, one that needs review."""
    with create_or_open(tmp_path, CARD) as store:
        store.keep(WORKSHEET, sheet())
        people = (("ada", "41", {}), ("bob", "42", {"failed": True}), ("eve", "43", {}))
        for position, (key, number, how) in enumerate(people):
            graded = make_graded(key, **how)
            changes: dict[str, object] = {"identifier": number, "name": f"{key.title()} Example"}
            if key == "bob":
                changes["lateness"] = Lateness(seconds=60, penalty=0.5)
            if key == "eve":
                changes |= {"state": State.NEEDS_REVIEW, "checks": ()}
            result = dataclasses.replace(graded.result, **changes)
            origin = origin_of(
                Submission(key=key, name=key), Recipient(name=f"{key.title()} Example", number=number)
            )
            store.put(dataclasses.replace(graded, result=result), position, origin=origin)
    return tmp_path


def grades(out: Path) -> dict[str, str]:
    words = (out / "moodle" / "worksheet.csv").read_text("utf-8-sig")
    return {row["Identifier"]: row["Grade"] for row in csv.DictReader(io.StringIO(words))}


def files(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.startswith((".", "grades.sqlite"))
    }


def test_everything_is_made_again_with_the_same_bytes(out: Path) -> None:
    derive(out, language="en")
    before = files(out)
    assert set(before) == {
        "index.html",
        "results.json",
        "grades.csv",
        "moodle/worksheet.csv",
        "moodle/feedback.zip",
        "students/ada.html",
        "students/bob.html",
        "students/eve.html",
    }
    for name in before:
        (out / name).unlink()
    derive(out, language="en", jobs=2)
    assert files(out) == before


def test_only_established_grades_go_to_moodle(out: Path) -> None:
    derive(out, language="en")
    assert grades(out) == {"Participant 41": "4", "Participant 42": "1", "Participant 43": ""}


def test_a_person_s_decision_establishes_a_grade(out: Path) -> None:
    with create_or_open(out, CARD) as store:
        decision = Correction(key="eve", check="", points=3.0, reason="read by hand", author="tess")
        store.desk.correct(decision, version=0)
    derive(out, language="en")
    assert grades(out)["Participant 43"] == "3"
    row = json.loads((out / "results.json").read_text())["submissions"][2]
    assert (row["points"], row["correction"], row["final"]) == (0.0, 3.0, 3.0)


def test_grades_follow_the_maximum_of_moodle(out: Path) -> None:
    with create_or_open(out, CARD) as store:
        store.keep(WORKSHEET, sheet("100.00"))
    derive(out, language="en")
    assert grades(out)["Participant 42"] == "25"


def test_feedback_has_the_page_of_each_who_handed_in(out: Path) -> None:
    derive(out, language="en")
    with zipfile.ZipFile(out / "moodle" / "feedback.zip") as archive:
        names = archive.namelist()
        assert archive.read(names[0]) == (out / "students" / "ada.html").read_bytes()
    assert names[0] == "Ada Example_41_assignfeedback_file/feedback.html"
    assert len(names) == 3


def test_a_class_that_is_not_from_moodle_has_no_files_for_it(tmp_path: Path) -> None:
    with create_or_open(tmp_path, CARD) as store:
        store.put(make_graded("ada"), 0)
    derive(tmp_path, language="en")
    assert not (tmp_path / "moodle").exists()


def test_pages_speak_the_language_asked_for(out: Path) -> None:
    derive(out, language="fr")
    assert '<html lang="fr">' in (out / "index.html").read_text("utf-8")


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "grades.csv"
    write_file(path, ["old"])

    def broken() -> object:
        yield "new"
        raise OSError(28, "No space left on device")

    with pytest.raises(StoreError, match=r"grades\.csv cannot be written \(No space left on device\): free"):
        write_file(path, broken())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_while_a_run_writes_them_files_are_not_derived_again(out: Path) -> None:
    with create_or_open(out, CARD), pytest.raises(StoreError, match="being written by another run"):
        derive(out, language="en")


def test_a_folder_that_was_not_graded_is_left_as_it_is(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"holds no grades\.sqlite"):
        derive(tmp_path, language="en")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_half_written_is_removed(out: Path) -> None:
    (out / "students").mkdir()
    (out / "students" / ".abc.partial").write_text("half")
    derive(out, language="en")
    assert not list(out.rglob("*.partial"))
