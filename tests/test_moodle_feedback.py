"""Feedback zips: Moodle takes every page that we put in, for whom it is meant."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import MoodleError
from grader.moodle import Recipient, feedback_zip
from grader.moodle.feedback import predict_feedback

FEEDBACK = Path(__file__).parent / "data" / "moodle" / "feedback_zip"
NAMES = json.loads((FEEDBACK / "name_cells.json").read_text(encoding="utf-8"))
KNOWN = {str(number) for number in NAMES["identifiers_of_the_assignment"]}


@pytest.mark.parametrize("trial", NAMES["entries"], ids=lambda t: t["zip_entry"][:60])
def test_an_entry_name_is_taken_as_moodle_took_it(trial: dict[str, object]) -> None:
    taken = predict_feedback(str(trial["zip_entry"]), KNOWN)

    got = (None, None) if taken is None else (int(taken.number), taken.stored_as)
    assert got == (trial["identifier"], trial["stored_as"])


@pytest.mark.parametrize("case", ["lab1_en", "lab2_blind_en", "project_teams_en"])
def test_a_whole_zip_is_taken_as_moodle_took_it(case: str) -> None:
    result = json.loads((FEEDBACK / f"{case}.result.json").read_text(encoding="utf-8"))
    after = {(str(f["identifier"]), f["filepath"] + f["filename"]) for f in result["feedback_files_after"]}
    numbers = {"1", "2", "3", "4"} if "teams" in case else {number for number, _ in after}
    with zipfile.ZipFile(FEEDBACK / f"{case}.zip") as archive:
        entries = archive.namelist()

    taken = [prediction for entry in entries if (prediction := predict_feedback(entry, numbers))]

    assert len(taken) == len(result["moodle_answer"]["preview"])
    if "teams" not in case:
        assert {(one.number, one.stored_as) for one in taken} == after


def opened(archives: list[tuple[str, bytes]]) -> list[zipfile.ZipFile]:
    return [zipfile.ZipFile(io.BytesIO(data)) for _, data in archives]


@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.integers(1, 10**9), st.text(max_size=20), st.binary(max_size=200)),
        max_size=20,
        unique_by=lambda page: page[1],
    )
)
def test_every_page_that_we_pack_is_taken_for_its_recipient(pages: list[tuple[str, int, str, bytes]]) -> None:
    wanted = [(Recipient(name=name, number=str(number)), file, data) for name, number, file, data in pages]

    (archive,) = opened(list(feedback_zip(wanted)))

    numbers = {str(number) for _, number, _, _ in pages}
    taken = [predict_feedback(entry, numbers) for entry in archive.namelist()]
    assert [one.number for one in taken if one] == [str(number) for _, number, _, _ in pages]
    assert archive.testzip() is None
    assert [archive.read(entry) for entry in archive.namelist()] == [data for *_, data in pages]


def test_a_zip_over_the_limit_is_split_and_no_page_is_lost() -> None:
    pages = [
        (Recipient(name=f"Student {n}", number=str(n)), "feedback.html", bytes(range(256)) * n)
        for n in range(1, 40)
    ]

    archives = list(feedback_zip(pages, max_bytes=5000))

    assert all(len(data) <= 5000 for _, data in archives)
    assert [name for name, _ in archives] == [f"feedback-{n}.zip" for n in range(1, len(archives) + 1)]
    packed = [entry for archive in opened(archives) for entry in archive.namelist()]
    assert packed == [f"Student {n}_{n}_assignfeedback_file/feedback.html" for n in range(1, 40)]


def test_a_page_that_is_larger_than_the_limit_is_an_error() -> None:
    page = (Recipient(name="Student 1", number="1"), "feedback.html", bytes(10))

    with pytest.raises(MoodleError, match="Student 1 alone is larger"):
        list(feedback_zip([page], max_bytes=100))


def test_members_of_a_team_get_one_page() -> None:
    team = Recipient(name="Team_1", number="1")

    (archive,) = opened(list(feedback_zip([(team, "feedback.html", b"a"), (team, "feedback.html", b"a")])))

    assert archive.namelist() == ["Team 1_1_assignfeedback_file/feedback.html"]


def test_the_same_pages_give_the_same_bytes() -> None:
    pages = [(Recipient(name="Élodie Exemple", number="7"), "feedback.html", b"<p>e</p>")]

    assert list(feedback_zip(pages)) == list(feedback_zip(pages))
