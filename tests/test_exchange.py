"""Web services against a Moodle that falters: no grade is lost, none is sent twice."""

from __future__ import annotations

import hashlib
import json
import logging
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.discover import Status, fetch, find
from grader.errors import MoodleError
from grader.exchange.client import Service
from grader.exchange.fetching import fetch as fetch_class
from grader.exchange.pushing import Fate, PushItem, PushReport, plan_push, push, read_items
from tests import fake_moodle
from tests.fake_moodle import SLOW_S, TOKEN, FakeMoodle, Record

MOODLE = Path(__file__).parent / "data" / "moodle"
TRUTH = {1: "lab1", 2: "lab2_blind", 3: "project_teams", 4: "lab3_onlinetext"}
STATUS = {None: Status.NOTHING, "submitted": Status.SUBMITTED, "draft": Status.DRAFT}


@pytest.fixture
def moodle() -> Iterator[FakeMoodle]:
    with fake_moodle.running() as site:
        yield site


@pytest.fixture
def service(moodle: FakeMoodle) -> Iterator[Service]:
    with connected(moodle) as one:
        yield one


def connected(moodle: FakeMoodle, token: str = TOKEN) -> Service:
    is_slow = any(fault == "slow" for _, fault in moodle.faults)
    timeout_s = SLOW_S / 3 if is_slow else 30.0
    return Service(moodle.site, token, timeout_s=timeout_s, pause=lambda seconds: None)


# --- fetch --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", TRUTH)
def test_what_is_fetched_is_what_moodle_holds(service: Service, tmp_path: Path, number: int) -> None:
    fetched = fetch_class(service, number, tmp_path / "class.zip")

    truth = json.loads((MOODLE / "expected" / f"{TRUTH[number]}.json").read_text(encoding="utf-8"))
    students = {str(student["identifier"]): student for student in truth["students"]}
    entries = find([fetched.path], timezone="Europe/Paris").entries
    assert {entry.identifier for entry in entries} == students.keys()
    for entry in entries:
        student = students[str(entry.identifier)]
        files = {
            (file.path, len(file.content), hashlib.sha1(file.content).hexdigest())
            for file in fetch(entry, open_archives=False).files
            if not file.path.startswith("onlinetext/")
        }
        assert files == {(f["path"], f["size"], f["sha1"]) for f in student["files"]}
        assert entry.status is STATUS[student["submission_status"]]
        if entry.status is not Status.NOTHING:
            assert entry.handed_in == datetime.fromisoformat(student["submitted_at"])  # to the second
        if student.get("team"):
            assert entry.team == student["team"]["name"]
            assert entry.team_number == str(student["team"]["id"])


@pytest.mark.parametrize("number", TRUTH)
def test_the_zip_fetched_holds_what_moodle_s_own_zip_holds(
    service: Service, tmp_path: Path, number: int
) -> None:
    fetched = fetch_class(service, number, tmp_path / "class.zip")

    with (
        zipfile.ZipFile(fetched.path) as ours,
        zipfile.ZipFile(MOODLE / "submissions" / f"{fake_moodle.CASES[number][1]}.zip") as theirs,
    ):
        names = set(ours.namelist()) - {"grader-roster.json"}
        script = b"<script>alert(1)</script>"  # web services clean what students write, the zip does not
        assert {name: ours.read(name) for name in names} == {
            name: theirs.read(name).replace(script, b"") for name in theirs.namelist()
        }


def test_the_same_submissions_give_the_same_zip(service: Service, tmp_path: Path) -> None:
    one = fetch_class(service, 1, tmp_path / "one.zip").path.read_bytes()
    other = fetch_class(service, 1, tmp_path / "other.zip").path.read_bytes()

    assert one == other


def test_online_text_is_fetched_too(service: Service, tmp_path: Path) -> None:
    fetched = fetch_class(service, 4, tmp_path / "class.zip")

    entry = next(e for e in find([fetched.path], timezone="UTC").entries if e.identifier == "41924")
    (file,) = fetch(entry).files
    assert file.path == "onlinetext/onlinetext.html"
    assert "Text only, no file." in file.content.decode()


@pytest.mark.parametrize("fault", ["truncated", "cut", "500"])
def test_a_download_that_fails_is_tried_again(
    moodle: FakeMoodle, service: Service, tmp_path: Path, fault: str
) -> None:
    moodle.faults += [("download", fault)] * 3

    fetched = fetch_class(service, 1, tmp_path / "class.zip")

    assert fetched.files == 26
    assert moodle.asked.count("download") == 26 + 3


@pytest.mark.parametrize("fault", ["500", "slow", "html"])
def test_a_question_that_fails_is_asked_again(moodle: FakeMoodle, tmp_path: Path, fault: str) -> None:
    moodle.faults += [("mod_assign_get_submissions", fault)] * 2

    with connected(moodle) as service:
        assert fetch_class(service, 1, tmp_path / "class.zip").participants == 13


def test_an_interrupted_fetch_goes_on_where_it_stood(
    moodle: FakeMoodle, service: Service, tmp_path: Path
) -> None:
    moodle.faults += [("download", "")] * 10 + [("download", "500")] * 5
    with pytest.raises(MoodleError, match="status 500"):
        fetch_class(service, 1, tmp_path / "class.zip")
    assert not (tmp_path / "class.zip").exists()
    before = moodle.asked.count("download")

    fetch_class(service, 1, tmp_path / "class.zip")

    assert moodle.asked.count("download") - before == 26 - 10
    assert sorted(path.name for path in tmp_path.iterdir()) == ["class.zip"]


def test_a_wrong_token_is_said_in_one_sentence(moodle: FakeMoodle, tmp_path: Path) -> None:
    with connected(moodle, "wrong") as service, pytest.raises(MoodleError, match="make a new token"):
        fetch_class(service, 1, tmp_path / "class.zip")


def test_a_token_that_expires_between_files_stops_the_fetch(
    moodle: FakeMoodle, service: Service, tmp_path: Path
) -> None:
    moodle.faults.append(("mod_assign_get_submissions", "expired"))

    with pytest.raises(MoodleError, match="Invalid token"):
        fetch_class(service, 1, tmp_path / "class.zip")


def test_participants_without_a_number_are_not_lost_in_silence(
    moodle: FakeMoodle, service: Service, tmp_path: Path
) -> None:
    with pytest.raises(MoodleError, match="not numbered 13 participants yet"):
        fetch_class(service, 8, tmp_path / "class.zip")


def test_an_unknown_assignment_lists_those_there_are(service: Service, tmp_path: Path) -> None:
    with pytest.raises(MoodleError, match=r"1 \(Lab 1: NumPy MLP\)"):
        fetch_class(service, 99, tmp_path / "class.zip")


@pytest.mark.parametrize("site", ["http://moodle.example.org", "moodle.example.org", "ftp://x", ""])
def test_a_token_goes_over_encrypted_lines_only(site: str) -> None:
    with pytest.raises(MoodleError, match="is no https address"):
        Service(site, TOKEN)


def test_the_token_is_in_no_log_and_in_no_message(
    moodle: FakeMoodle, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    moodle.faults += [("download", "500")] * 5

    with connected(moodle) as service, pytest.raises(MoodleError) as failure:
        fetch_class(service, 1, tmp_path / "class.zip")

    assert TOKEN not in caplog.text
    assert TOKEN not in str(failure.value)


# --- push ---------------------------------------------------------------------------------------------------

USERS = {"41881": 5, "41874": 6, "41879": 7, "41876": 8}  # Identifiers of Lab 1
ITEMS = tuple(
    PushItem(
        identifier=identifier,
        name=f"Student {identifier}",
        grade=10 + n / 3,
        comment=f"<p>well done &lt;{n}&gt; \\(x\\)</p>",
        page=f"<p>page {n}</p>".encode(),
    )
    for n, identifier in enumerate(USERS)
)


def pushed(
    moodle: FakeMoodle, tmp_path: Path, items: tuple[PushItem, ...] = ITEMS, **how: bool
) -> PushReport:
    journal = tmp_path / "pushed.jsonl"
    with connected(moodle) as service:
        plan = plan_push(service, 1, items, journal, **how)
        return push(service, plan, journal, pause=lambda seconds: None)


def assert_all_there(moodle: FakeMoodle, items: tuple[PushItem, ...] = ITEMS) -> None:
    for item in items:
        record = moodle.records[USERS[item.identifier]]
        assert abs(record.grade - item.grade) < 1e-5
        assert record.comment == item.comment
        assert record.files["feedback.html"] == item.page


def test_a_push_sends_grades_comments_and_pages_and_reads_them_back(
    moodle: FakeMoodle, tmp_path: Path
) -> None:
    report = pushed(moodle, tmp_path)

    assert [row.fate for row in report.rows] == [Fate.SENT] * 4
    assert_all_there(moodle)


def test_a_plan_sends_nothing(moodle: FakeMoodle, service: Service, tmp_path: Path) -> None:
    plan = plan_push(service, 1, ITEMS, tmp_path / "pushed.jsonl")

    assert plan.count(Fate.TO_SEND) == 4
    assert not moodle.saves
    assert not moodle.drafts


def test_pushing_again_sends_nothing_again(moodle: FakeMoodle, tmp_path: Path) -> None:
    pushed(moodle, tmp_path)

    report = pushed(moodle, tmp_path)

    assert report.count(Fate.SAME) == 4
    assert len(moodle.saves) == 4


@pytest.mark.parametrize("fault", ["done, then 500", "done, then cut", "slow"])
def test_a_save_that_was_done_but_not_answered_is_not_sent_again(
    moodle: FakeMoodle, tmp_path: Path, fault: str
) -> None:
    moodle.faults += [("mod_assign_save_grade", fault)] * 2

    report = pushed(moodle, tmp_path)

    assert report.is_complete
    assert sorted(moodle.saves) == sorted(USERS.values())
    assert_all_there(moodle)


@pytest.mark.parametrize("fault", ["500", "html"])
def test_a_save_that_was_not_done_is_sent_again(moodle: FakeMoodle, tmp_path: Path, fault: str) -> None:
    moodle.faults += [("mod_assign_save_grade", fault)] * 2

    report = pushed(moodle, tmp_path)

    assert report.is_complete
    assert sorted(moodle.saves) == sorted(USERS.values())


@pytest.mark.parametrize("function", ["mod_assign_get_submission_status", "upload", "download"])
def test_other_requests_that_fail_are_repeated(moodle: FakeMoodle, tmp_path: Path, function: str) -> None:
    moodle.faults += [(function, "500")] * 4

    assert pushed(moodle, tmp_path).is_complete
    assert len(moodle.saves) == 4


def test_a_token_that_expires_in_the_middle_stops_and_the_next_push_sends_the_rest(
    moodle: FakeMoodle, tmp_path: Path
) -> None:
    moodle.faults += [("upload", ""), ("upload", "expired")]

    first = pushed(moodle, tmp_path)
    moodle.has_expired = False
    second = pushed(moodle, tmp_path)

    assert [row.fate for row in first.rows] == [Fate.SENT, Fate.FAILED, Fate.TO_SEND, Fate.TO_SEND]
    assert "make a new token" in str(first.stopped)
    assert [row.fate for row in second.rows] == [Fate.SAME, Fate.SENT, Fate.SENT, Fate.SENT]
    assert sorted(moodle.saves) == sorted(USERS.values())
    assert_all_there(moodle)


def test_a_push_cut_off_before_it_could_read_back_finds_its_grade_later(
    moodle: FakeMoodle, tmp_path: Path
) -> None:
    moodle.faults.append(("mod_assign_save_grade", "expired"))

    first = pushed(moodle, tmp_path)
    moodle.has_expired = False
    second = pushed(moodle, tmp_path)

    assert first.rows[0].fate is Fate.FAILED
    assert second.is_complete
    assert sorted(moodle.saves) == sorted(USERS.values())


def test_a_grade_that_moodle_ignores_is_told(moodle: FakeMoodle, tmp_path: Path) -> None:
    moodle.locked.add(USERS["41874"])

    report = pushed(moodle, tmp_path)

    assert [row.fate for row in report.rows] == [Fate.SENT, Fate.IGNORED, Fate.SENT, Fate.SENT]
    assert "locked or overridden" in str(report.rows[1].why)
    assert len(moodle.saves) == 4


def test_what_moodle_would_ignore_or_misplace_is_not_sent(moodle: FakeMoodle, tmp_path: Path) -> None:
    too_high = PushItem(identifier="41881", name="Ada", grade=20.5)
    stranger = PushItem(identifier="42097", name="Terry Teacher", grade=10.0)

    report = pushed(moodle, tmp_path, (too_high, stranger))

    assert [str(row.why) for row in report.rows] == [
        "The maximum in Moodle is 20.",
        "This number is of no participant of the assignment.",
    ]
    assert not moodle.saves


def test_a_grade_given_by_hand_is_kept_unless_told_otherwise(moodle: FakeMoodle, tmp_path: Path) -> None:
    moodle.records[5] = Record(grade=3.0, comment="<p>by hand</p>")

    careful = pushed(moodle, tmp_path)
    bold = pushed(moodle, tmp_path, overwrite=True)

    assert str(careful.rows[0].why) == "Moodle already holds the grade 3."
    assert bold.is_complete
    assert_all_there(moodle)


def test_a_comment_given_by_hand_is_kept_unless_told_otherwise(moodle: FakeMoodle, tmp_path: Path) -> None:
    moodle.records[5] = Record(comment="<p>by hand</p>")

    assert str(pushed(moodle, tmp_path).rows[0].why) == "Moodle already holds another comment."


def test_without_a_comment_of_ours_the_one_there_stays(moodle: FakeMoodle, tmp_path: Path) -> None:
    moodle.records[5] = Record(comment="<p>by hand</p>")

    report = pushed(moodle, tmp_path, (PushItem(identifier="41881", name="Ada", grade=12.0),))

    assert report.is_complete
    assert moodle.records[5] == Record(grade=12.0, comment="<p>by hand</p>")


def test_where_a_workflow_hides_the_rest_the_grade_is_read_back(moodle: FakeMoodle, tmp_path: Path) -> None:
    moodle.has_workflow = True

    first = pushed(moodle, tmp_path)
    second = pushed(moodle, tmp_path)

    assert (first.count(Fate.SENT), second.count(Fate.SAME)) == (4, 4)
    assert len(moodle.saves) == 4


def test_feedback_files_of_others_stay(moodle: FakeMoodle, tmp_path: Path) -> None:
    moodle.records[5] = Record(files={"notes.pdf": b"%PDF"})

    pushed(moodle, tmp_path)

    assert moodle.records[5].files == {"notes.pdf": b"%PDF", "feedback.html": b"<p>page 0</p>"}


def test_a_corrected_grade_replaces_the_one_we_pushed(moodle: FakeMoodle, tmp_path: Path) -> None:
    pushed(moodle, tmp_path)
    better = (PushItem(identifier="41881", name="Ada", grade=19.0, comment="<p>regraded</p>"),)

    report = pushed(moodle, tmp_path, better)

    assert report.is_complete
    assert moodle.records[5].grade == 19.0


def test_a_journal_cut_off_in_the_middle_of_a_line_is_read(moodle: FakeMoodle, tmp_path: Path) -> None:
    pushed(moodle, tmp_path)
    journal = tmp_path / "pushed.jsonl"
    journal.write_bytes(journal.read_bytes()[:-20])

    assert pushed(moodle, tmp_path).count(Fate.SAME) == 4


def test_a_journal_of_another_assignment_is_an_error(
    moodle: FakeMoodle, service: Service, tmp_path: Path
) -> None:
    pushed(moodle, tmp_path)

    with pytest.raises(MoodleError, match="of another assignment"):
        plan_push(service, 2, ITEMS, tmp_path / "pushed.jsonl")


def test_an_assignment_graded_on_a_scale_is_an_error(service: Service, tmp_path: Path) -> None:
    with pytest.raises(MoodleError, match="not graded in points"):
        plan_push(service, 6, ITEMS, tmp_path / "pushed.jsonl")


def test_items_come_from_an_output_folder_when_they_are_established(tmp_path: Path) -> None:
    rows = [
        {"key": "ada-7", "identifier": "7", "name": "Ada", "state": "graded", "final": 14.5},
        {"key": "bob-8", "identifier": "8", "name": "Bob", "state": "needs_review", "final": 3.0},
        {"key": "cy", "identifier": None, "name": "Cy", "state": "graded", "final": 3.0},
    ]
    document = {"schema": 1, "submissions": [{**row, "out_of": 20.0, "message": ""} for row in rows]}
    (tmp_path / "students").mkdir()
    (tmp_path / "students" / "ada-7.html").write_bytes(b"<p>page</p>")
    (tmp_path / "results.json").write_text(json.dumps(document), encoding="utf-8")

    (item,) = read_items(tmp_path)

    assert (item.identifier, item.grade, item.comment, item.page) == (
        "7",
        14.5,
        "<p>14.5 / 20</p>",
        b"<p>page</p>",
    )


def test_a_folder_without_results_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MoodleError, match="give the output folder"):
        read_items(tmp_path)


# --- the command line ---------------------------------------------------------------------------------------


def output_folder(tmp_path: Path) -> Path:
    out = tmp_path / "results"
    (out / "students").mkdir(parents=True)
    rows = [
        {"key": f"s-{item.identifier}", "identifier": item.identifier, "name": item.name, "state": "graded",
         "final": round(item.grade, 2), "out_of": 20.0, "message": ""}
        for item in ITEMS
    ]  # fmt: skip
    (out / "results.json").write_text(json.dumps({"schema": 1, "submissions": rows}), encoding="utf-8")
    return out


def test_the_commands_go_to_moodle_and_back(
    moodle: FakeMoodle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADER_MOODLE_TOKEN", TOKEN)
    where = ["--site", moodle.site, "--assignment", "1"]
    out = output_folder(tmp_path)

    fetched = CliRunner().invoke(app, ["moodle", "fetch", *where, "-o", str(tmp_path / "class.zip")])
    planned = CliRunner().invoke(app, ["moodle", "push", str(out), *where])
    saves_when_planned = len(moodle.saves)
    sent = CliRunner().invoke(app, ["moodle", "push", str(out), *where, "--send"])

    assert (fetched.exit_code, planned.exit_code, sent.exit_code) == (0, 0, 0), sent.output
    assert "13 participants, 26 files" in fetched.output.replace("\n", " ")
    assert "4 to send" in planned.output
    assert "Nothing was sent. Repeat with --send." in planned.output
    assert saves_when_planned == 0
    assert "4 sent and read back" in sent.output
    assert TOKEN not in fetched.output + planned.output + sent.output


def test_the_token_may_come_from_a_file(moodle: FakeMoodle, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    where = ["--site", moodle.site, "--assignment", "1", "--token-file", str(tmp_path / "token")]

    result = CliRunner().invoke(app, ["moodle", "fetch", *where, "-o", str(tmp_path / "class.zip")])

    assert result.exit_code == 0, result.output
