"""Every zip and worksheet that a real Moodle wrote is read to exactly what its database held."""

from __future__ import annotations

import hashlib
import json
import pickle
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.discover import ClassList, Entry, Status, fetch, find

MOODLE = Path(__file__).parent / "data" / "moodle"
INDEX = json.loads((MOODLE / "index.json").read_text(encoding="utf-8"))
ZIPS = sorted(name for name in INDEX if name.startswith("submissions/"))
WORKSHEETS = sorted(name for name in INDEX if name.startswith("worksheets/"))
PAGE = '<!DOCTYPE html><html><head><meta charset="UTF-8"></head><body>{text}</body></html>'
STATUS = {None: Status.NOTHING, "submitted": Status.SUBMITTED, "draft": Status.DRAFT, "new": Status.NOTHING}


def truth(name: str) -> dict[str, object]:
    return json.loads((MOODLE / INDEX[name]["expected"]).read_text(encoding="utf-8"))


def worksheet_of(name: str) -> str:
    return next(sheet for sheet in WORKSHEETS if INDEX[sheet]["expected"] == INDEX[name]["expected"])


def read(zip_name: str, sheet: str | None) -> ClassList:
    due = datetime.fromisoformat(str(truth(zip_name)["due"]))
    worksheet = MOODLE / sheet if sheet else None
    return find([MOODLE / zip_name], worksheet=worksheet, timezone="Europe/Paris", due=due)


def files_of(entry: Entry) -> set[tuple[str, int, str]]:
    submission = fetch(entry, open_archives=False)
    return {
        (file.path, len(file.content), hashlib.sha1(file.content).hexdigest())
        for file in submission.files
        if not file.path.startswith("onlinetext/")
    }


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_with_its_worksheet_is_read_to_what_moodle_holds(name: str) -> None:
    classlist = read(name, worksheet_of(name))

    expected = {str(student["identifier"]): student for student in truth(name)["students"]}
    assert {entry.identifier for entry in classlist.entries} == expected.keys()
    assert len(classlist.entries) == len(expected)
    for entry in classlist.entries:
        student = expected[entry.identifier]
        assert files_of(entry) == {(f["path"], f["size"], f["sha1"]) for f in student["files"]}, entry.name
        assert bool(entry.problem) == entry.is_absent
        texts = [file.content.decode() for file in fetch(entry).files if file.path.startswith("onlinetext/")]
        assert texts == [PAGE.format(text=words) for words in [student.get("online_text")] if words]


@pytest.mark.parametrize("sheet", WORKSHEETS)
def test_a_worksheet_is_read_to_what_moodle_holds(sheet: str) -> None:
    due = datetime.fromisoformat(str(truth(sheet)["due"]))
    classlist = find([], worksheet=MOODLE / sheet, timezone="Europe/Paris", due=due)

    expected = truth(sheet)
    names = {str(student["identifier"]): student for student in expected["students"]}
    assert sorted(entry.identifier for entry in classlist.entries) == sorted(names)
    for entry in classlist.entries:
        student = names[entry.identifier]
        assert entry.status is STATUS[student["submission_status"]]
        assert entry.team == (student.get("team") or {}).get("name", entry.team)
        if not expected["blind_marking"] or "viewblind" in sheet:
            assert entry.name == student["full_name"]
        if entry.status is Status.NOTHING:
            assert entry.handed_in is None
            continue
        exact = datetime.fromisoformat(student["submitted_at"]).astimezone(UTC)
        if entry.handed_in.second:
            assert entry.handed_in == exact
        else:
            assert entry.handed_in == exact.replace(second=0)


def test_the_status_sentence_gives_the_seconds_that_the_date_lacks() -> None:
    late = next(
        entry for entry in read(ZIPS[0], "worksheets/lab1_en.csv").entries if entry.identifier == "41882"
    )

    assert late.handed_in == datetime(2025, 2, 3, 23, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("name", ZIPS)
def test_a_zip_alone_gives_everybody_who_handed_in(name: str) -> None:
    classlist = read(name, None)

    students = truth(name)["students"]
    if "project_teams" in name:
        expected = {student["team"]["id"] if student["team"] else 0 for student in students}
        assert len(classlist.entries) == len(expected)
    else:
        with_work = {str(s["identifier"]) for s in students if s["files"] or s.get("online_text")}
        assert {entry.identifier for entry in classlist.entries} == with_work


def test_entries_survive_the_way_to_another_process() -> None:
    classlist = read(ZIPS[0], None)

    again = pickle.loads(pickle.dumps(classlist.entries))

    assert [fetch(entry) for entry in again] == [fetch(entry) for entry in classlist.entries]
