"""Our model of Moodle's worksheet import agrees with every import that a real Moodle did."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import MoodleError
from grader.moodle import Column, Language, Row, read_worksheet
from grader.moodle.importing import Fate, Session, Stored, is_stale, predict_import
from grader.moodle.languages import LANGUAGES, language
from grader.moodle.roster import Roster, read_roster

IMPORT = Path(__file__).parent / "data" / "moodle" / "import"
PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2025, 2, 12, 15, 0, tzinfo=PARIS)
HEADERS = {
    "en": "Identifier,Grade,Last modified (grade),Feedback comments",
    "fr": "Identifiant,Note,Dernière modification (note),Feedback par commentaires",
    "de": "ID,Bewertung,Zuletzt geändert (Bewertung),Feedback als Kommentar",
}
CASES = sorted(path.name.removesuffix(".result.json") for path in IMPORT.glob("*.result.json"))


def session(code: str = "en", **settings: object) -> Session:
    known = language(code)
    assert known is not None
    return Session(language=known, timezone="Europe/Paris", now=NOW, **settings)


def trials(name: str) -> list[dict[str, object]]:
    return json.loads((IMPORT / f"{name}.json").read_text(encoding="utf-8"))


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@pytest.mark.parametrize("trial", trials("grade_cells"), ids=lambda t: f"{t['lang']} {t['cell']!r}")
def test_a_grade_cell_is_stored_as_moodle_stored_it(trial: dict[str, str]) -> None:
    word = language(trial["lang"]).participant
    upload = f"{HEADERS[trial['lang']]}\n{word}7,{quoted(trial['cell'])},-,\n"

    prediction = predict_import(upload.encode(), {"7": Stored()}, session(trial["lang"]), maximum=20)

    expected = None if trial["stored"] is None else float(trial["stored"])
    assert prediction.rows[0].stored == expected


@pytest.mark.parametrize("trial", trials("date_cells"), ids=lambda t: t["cell"])
def test_a_date_cell_is_as_stale_as_moodle_found_it(trial: dict[str, str]) -> None:
    modified = datetime.fromisoformat(trial["grade_last_modified"])

    assert is_stale(trial["cell"], modified, session()) == (trial["outcome"] == "skipped")


@pytest.mark.parametrize(
    "trial",
    [trial for trial in trials("comment_cells") if trial["lines_sent"] is not None],
    ids=lambda t: f"{t['csv_quoting']} {t['comment']!r}",
)
def test_a_comment_cell_does_to_its_row_and_the_next_what_it_did_in_moodle(trial: dict[str, object]) -> None:
    numbers = ("41955", "41959", "41956")
    upload = f"{HEADERS['en']}\n{trial['lines_sent']}"

    prediction = predict_import(upload.encode(), dict.fromkeys(numbers, Stored()), session(), maximum=20)

    got = {row.identifier: {"grade": row.stored, "comment": row.stored_comment} for row in prediction.rows}
    nothing = {"grade": None, "comment": None}
    assert [got.get(number, nothing) for number in numbers] == trial["stored"]


@pytest.mark.parametrize("case", CASES)
def test_a_whole_import_ends_as_it_did_in_moodle(case: str) -> None:
    result = json.loads((IMPORT / f"{case}.result.json").read_text(encoding="utf-8"))
    worksheet = read_worksheet((IMPORT / f"{case}.worksheet.csv").read_bytes(), timezone="Europe/Paris")
    state = {row.identifier: Stored() for row in worksheet.rows}
    for record in result["before"]:
        state[str(record["identifier"])] = Stored(
            grade=None if record["grade"] < 0 else record["grade"],
            modified=datetime.fromisoformat(record["grade_modified"]).replace(tzinfo=PARIS),
            comment=record["comment"],
        )
    separator = {"comma": ",", "semicolon": ";"}[result["form"]["separator"]]

    prediction = predict_import(
        (IMPORT / f"{case}.upload.csv").read_bytes(),
        state,
        session(separator=separator, ignore_modified=result["form"]["ignoremodified"]),
        maximum=worksheet.maximum,
        scale=worksheet.scale,
    )

    held = {
        row.identifier: (row.stored, row.stored_comment)
        for row in prediction.rows
        if row.stored is not None or row.stored_comment
    }
    assert held == {
        str(record["identifier"]): (record["grade"], record["comment"]) for record in result["after"]
    }
    reply = (
        f"Updated {prediction.grades_updated} grades and {prediction.comments_updated} feedback instances."
    )
    assert result["moodle_answer"]["message"].startswith(reply)


def upload(rows: str, code: str = "en") -> bytes:
    return f"{HEADERS[code]}\n{rows}".encode()


def test_a_worksheet_of_another_language_than_the_session_is_refused() -> None:
    prediction = predict_import(upload("Participant7,14,-,\n", "fr"), {"7": Stored()}, session("en"))

    assert "Switch Moodle's language" in str(prediction.refused)


def test_french_identifier_cells_in_an_english_session_lose_their_first_digit() -> None:
    state = {"41881": Stored(), "1881": Stored()}

    prediction = predict_import(upload("Participant41881,14,-,\n"), state, session("en"))

    assert prediction.rows[0].identifier == "1881"


def test_english_identifier_cells_work_in_a_french_session() -> None:
    prediction = predict_import(upload("Participant 41881,14,-,\n", "fr"), {"41881": Stored()}, session("fr"))

    assert prediction.rows[0].stored == 14


@pytest.mark.parametrize("cell", ["41881", "Participant ", "Participant abc"])
def test_an_identifier_without_number_stops_the_import(cell: str) -> None:
    prediction = predict_import(upload(f"{cell},14,-,\n"), {"41881": Stored()}, session("en"))

    assert "the import stops there" in str(prediction.refused)


def test_an_unknown_number_is_skipped() -> None:
    prediction = predict_import(upload("Participant 9,14,-,\n"), {"7": Stored()}, session())

    assert prediction.rows[0].grade is Fate.UNKNOWN_PARTICIPANT


def test_a_locked_grade_is_skipped_but_its_comment_is_replaced() -> None:
    state = {"7": Stored(grade=3, locked=True, comment="old")}

    row = predict_import(upload("Participant 7,14,-,new\n"), state, session()).rows[0]

    assert (row.grade, row.comment, row.loses_comment) == (Fate.LOCKED, Fate.SET, True)


def test_an_empty_comment_cell_erases_the_comment() -> None:
    row = predict_import(upload("Participant 7,14,-,\n"), {"7": Stored(comment="old")}, session()).rows[0]

    assert (row.comment, row.stored_comment, row.loses_comment) == (Fate.SET, "", True)


def test_a_grade_above_the_maximum_is_skipped() -> None:
    row = predict_import(upload("Participant 7,20.00001,-,\n"), {"7": Stored()}, session(), maximum=20).rows[
        0
    ]

    assert (row.grade, row.stored) == (Fate.ABOVE_MAXIMUM, None)


def test_a_french_date_is_always_stale_once_a_record_exists() -> None:
    modified = datetime(2025, 2, 12, 9, 0, tzinfo=UTC)
    rows = 'Participant7,14,"mercredi 12 février 2025, 10:00",\n'
    state = {"7": Stored(modified=modified, grade=3)}

    unticked = predict_import(upload(rows, "fr"), state, session("fr")).rows[0]
    ticked = predict_import(upload(rows, "fr"), state, session("fr", ignore_modified=True)).rows[0]

    assert (unticked.grade, ticked.grade) == (Fate.STALE, Fate.SET)


def test_of_two_rows_for_one_student_the_last_wins() -> None:
    rows = "Participant 7,14,-,\nParticipant 7,15,-,\n"

    prediction = predict_import(upload(rows), {"7": Stored()}, session(ignore_modified=True))

    assert prediction.rows[-1].stored == 15


def test_a_row_with_a_cell_too_many_makes_moodle_ignore_the_file() -> None:
    prediction = predict_import(upload("Participant 7,14,-,,\n"), {"7": Stored()}, session())

    assert "ignores the whole file" in str(prediction.refused)


def test_a_comment_that_ends_in_a_backslash_breaks_the_file() -> None:
    rows = "Participant 7,14,-,ends in \\\nParticipant 8,15,-,fine\n"

    prediction = predict_import(upload(rows), {"7": Stored(), "8": Stored()}, session())

    assert "8" not in {row.identifier for row in prediction.rows}


@given(st.binary(max_size=200), st.sampled_from(LANGUAGES), st.sampled_from(",;\t:"))
def test_no_upload_makes_the_model_crash(rows: bytes, known: Language, separator: str) -> None:
    needed = (Column.IDENTIFIER, Column.GRADE, Column.GRADED, Column.COMMENT)
    header = separator.join(str(known.header(column)) for column in needed)
    how = Session(language=known, timezone="Europe/Paris", now=NOW, separator=separator)

    prediction = predict_import(header.encode() + b"\n" + rows, {"7": Stored()}, how, maximum=20)

    assert prediction.refused or all(row.identifier in (None, "7") for row in prediction.rows)


@given(st.text(), st.text())
def test_no_date_makes_the_model_crash(before: str, after: str) -> None:
    is_stale(f"{before}2025-02-12 10:00{after}", NOW, session())


@given(st.binary())
def test_a_roster_is_ours_or_an_error(data: bytes) -> None:
    with pytest.raises(MoodleError, match="cannot be read"):
        read_roster(data)


def test_a_roster_is_read_as_it_was_written() -> None:
    row = Row(identifier="7", name="Zoé Exemple", submitted=datetime(2025, 2, 3, tzinfo=UTC), group="A_B")
    roster = Roster(rows=(row,), has_teams=True, due=datetime(2025, 2, 4, tzinfo=UTC))

    assert read_roster(roster.to_bytes()) == roster
