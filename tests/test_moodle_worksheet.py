"""Worksheets: read in any language, written back with only the cells meant to change."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import MoodleError
from grader.moodle import Column, GradeChange, Status, Worksheet, comment_html, read_worksheet
from grader.moodle.cells import read_table
from grader.moodle.importing import Fate, Session, predict_import, state_of
from grader.moodle.languages import LANGUAGES, Language, find_date

MOODLE = Path(__file__).parent / "data" / "moodle"
SHEETS = sorted((MOODLE / "worksheets").glob("*.csv")) + sorted((MOODLE / "import").glob("*.csv"))
THREE = [MOODLE / "worksheets" / f"midterm100_{code}_graded.csv" for code in ("en", "fr", "de")]
NOW = datetime(2025, 2, 13, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
TEAMS = MOODLE / "worksheets" / "project_teams_en.csv"
ROUND_TRIPS = [*THREE, TEAMS, *sorted((MOODLE / "worksheets").glob("l*[!d].csv"))]


def read(path: Path) -> Worksheet:
    return read_worksheet(path.read_bytes(), timezone="Europe/Paris")


def session(worksheet: Worksheet) -> Session:
    assert worksheet.language is not None
    return Session(
        language=worksheet.language, timezone="Europe/Paris", now=NOW, separator=worksheet.table.separator
    )


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_a_worksheet_without_changes_is_the_same_bytes(path: Path) -> None:
    assert read(path).table.to_bytes() == path.read_bytes()


@pytest.mark.parametrize("path", ROUND_TRIPS, ids=lambda path: path.name)
def test_only_the_cells_meant_to_change_differ(path: Path) -> None:
    worksheet = read(path)
    graded = worksheet.rows[::2]
    changes = {row.identifier: GradeChange(grade=12.25, comment_html="<p>well done</p>") for row in graded}

    written = read_table(worksheet.write(changes, replace_comments=True))

    columns = dict(worksheet.columns)
    for before, after in zip(worksheet.table.lines, written.lines, strict=True):
        assert after.end == before.end
        number = before.cells[0].value[-5:]
        for at, (old, new) in enumerate(zip(before.cells, after.cells, strict=True)):
            if number not in changes or at not in (
                columns[Column.GRADE],
                columns[Column.COMMENT],
                columns[Column.GRADED],
            ):
                assert new.raw == old.raw
        if number in changes:
            assert after.cells[columns[Column.GRADE]].raw == "12.25"
            assert after.cells[columns[Column.COMMENT]].raw == '"<p>well done</p>"'


@pytest.mark.parametrize("path", ROUND_TRIPS, ids=lambda path: path.name)
def test_moodle_skips_nothing_of_what_we_write(path: Path) -> None:
    worksheet = read(path)
    changes = {
        row.identifier: GradeChange(grade=n + 0.33, comment_html=comment_html([f"= {n} \\ <3"]))
        for n, row in enumerate(worksheet.rows)
    }

    upload = worksheet.write(changes, replace_comments=True)

    prediction = predict_import(upload, state_of(worksheet), session(worksheet), maximum=worksheet.maximum)
    assert prediction.refused.template == ""
    assert {row.grade for row in prediction.rows} == {Fate.SET}
    assert {row.comment for row in prediction.rows} == {Fate.SET}
    assert {row.identifier: row.stored for row in prediction.rows} == {
        number: change.grade for number, change in changes.items()
    }
    assert {row.stored_comment for row in prediction.rows} == {
        f"<p>= {n} &#92; &lt;3</p>" for n in range(len(changes))
    }


def test_a_scale_is_written_as_its_items() -> None:
    worksheet = read(MOODLE / "worksheets" / "lab4_scale_en_graded.csv")

    upload = worksheet.write({"41942": GradeChange(grade="Nearly there")})

    prediction = predict_import(upload, state_of(worksheet), session(worksheet), scale=worksheet.scale)
    assert [row.identifier for row in prediction.rows if row.grade is Fate.SET] == ["41942"]


def test_a_number_on_a_scale_is_an_error() -> None:
    worksheet = read(MOODLE / "worksheets" / "lab4_scale_en_graded.csv")

    with pytest.raises(MoodleError, match="graded on a scale"):
        worksheet.write({"41942": GradeChange(grade=3.0)})


def test_the_comment_column_is_left_out_where_a_comment_would_be_lost() -> None:
    worksheet = read(THREE[1])
    change = {"41929": GradeChange(grade=10.0, comment_html="<p>ours</p>")}

    upload = worksheet.write(change)

    assert worksheet.overwrites(change) == ("41926", "41927", "41925")
    prediction = predict_import(upload, state_of(worksheet), session(worksheet), maximum=100)
    assert {row.comment for row in prediction.rows} == {Fate.NO_COLUMN}
    assert [row.identifier for row in prediction.rows if row.grade is Fate.SET] == ["41929"]


def test_a_french_date_of_a_changed_row_is_written_so_that_moodle_can_read_it() -> None:
    worksheet = read(THREE[1])

    upload = worksheet.write({"41926": GradeChange(grade=1.0)}).decode()

    assert "2025-02-12T09:00:00+01:00" in upload
    assert upload.count("mercredi 12 février 2025, 09:00") == 4


@pytest.mark.parametrize("grade", [float("nan"), float("inf"), -0.5, 100.01])
def test_a_grade_that_moodle_would_skip_is_an_error(grade: float) -> None:
    with pytest.raises(MoodleError, match="no grade between 0 and 100"):
        read(THREE[0]).write({"41926": GradeChange(grade=grade)})


def test_a_grade_for_somebody_unknown_is_an_error() -> None:
    with pytest.raises(MoodleError, match="no row for 1"):
        read(THREE[0]).write({"1": GradeChange(grade=1.0)})


@given(st.lists(st.text(), max_size=3), st.sampled_from([",", ";", "\t", ":"]))
def test_any_comment_comes_through_moodle_and_never_begins_like_a_formula(
    lines: list[str], separator: str
) -> None:
    sheet = "Identifier,Grade,Maximum grade,Last modified (grade),Feedback comments\n"
    rows = 'Participant 7,,20.00,-,\nParticipant 8,,20.00,-,"<p>x</p>"\n'
    worksheet = read_worksheet((sheet + rows).replace(",", separator).encode())
    comment = comment_html(lines)

    upload = worksheet.write({"7": GradeChange(grade=1.0, comment_html=comment)}, replace_comments=True)

    cells = list(csv.reader(io.StringIO(upload.decode()), delimiter=separator))
    assert cells[1][-1][:1] in ("", "<")
    prediction = predict_import(upload, state_of(worksheet), session(worksheet))
    assert [row.identifier for row in prediction.rows] == ["7", "8"]
    assert (prediction.rows[0].stored, prediction.rows[1].comment) == (1.0, Fate.SAME)
    assert prediction.rows[0].stored_comment == cells[1][-1]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_that_gives_them_back(data: bytes) -> None:
    assert read_table(data).to_bytes() == data


@given(st.binary(max_size=300))
def test_any_bytes_are_a_worksheet_or_a_moodle_error(data: bytes) -> None:
    try:
        worksheet = read_worksheet(b"Identifier,Grade,Last modified (grade)\n" + data)
    except MoodleError:
        return
    assert worksheet.write({}) == b"Identifier,Grade,Last modified (grade)\n" + data


@given(st.lists(st.lists(st.text(), min_size=1, max_size=4), min_size=1, max_size=4))
def test_cells_are_read_as_the_csv_module_wrote_them(rows: list[list[str]]) -> None:
    rows = [[cell.replace("\x00", "") for cell in ["a", *row]] for row in rows]
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([["a", "b", "c"], *rows])

    table = read_table(written.getvalue().encode("utf-8", "replace"))

    got = [[cell.value for cell in line.cells] for line in table.lines]
    assert got[1:] == [[cell.encode("utf-8", "replace").decode() for cell in row] for row in rows]


@pytest.mark.parametrize("path", ROUND_TRIPS, ids=lambda path: path.name)
def test_a_worksheet_in_an_unknown_language_is_read_by_position_and_says_so(path: Path) -> None:
    known = read(path)
    header, rows = path.read_bytes().split(b"\n", 1)
    strange = b",".join(b"header %d" % n for n in range(header.count(b",") + 1)) + b"\n" + rows

    if not all(row.status for row in known.rows) or not any(row.submitted for row in known.rows):
        pytest.skip("nothing to tell dates by")
    unknown = read_worksheet(strange, timezone="Europe/Paris")

    assert unknown.has_teams == known.has_teams
    needed = (Column.IDENTIFIER, Column.GRADE, Column.GRADED, Column.COMMENT, Column.SUBMITTED, Column.STATUS)
    assert {c: dict(unknown.columns)[c] for c in needed} == {c: dict(known.columns)[c] for c in needed}
    assert [row.submitted for row in unknown.rows] == [row.submitted for row in known.rows]
    assert "found by their place" in str(unknown.warnings[0])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_worksheet_that_a_spreadsheet_saved_is_read(encoding: str, separator: str) -> None:
    content = "Identifiant,Nom complet,Note,Dernière modification (note)\r\nParticipant7,Zoé Exemple,,-\r\n"

    worksheet = read_worksheet(content.replace(",", separator).encode(encoding))

    assert [(row.identifier, row.name) for row in worksheet.rows] == [("7", "Zoé Exemple")]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"a,b,c\n1,2,3\n", "no grading worksheet"),
        (b"\x00\xff" * 50, "no grading worksheet"),
        (b"Identifier,Grade,Last modified (grade)\nParticipant 7,1\n", "row 2 of the worksheet has 2 cells"),
    ],
)
def test_what_is_no_worksheet_is_said_in_one_sentence(data: bytes, problem: str) -> None:
    with pytest.raises(MoodleError, match=problem):
        read_worksheet(data)


@pytest.mark.parametrize(
    ("sentence", "moment"),
    [
        ("Monday, 3 February 2025, 11:59 PM", datetime(2025, 2, 3, 23, 59)),
        ("Tuesday, 4 February 2025, 12:00 AM", datetime(2025, 2, 4, 0, 0)),
        ("lundi 3 février 2025, 23:59", datetime(2025, 2, 3, 23, 59)),
        ("Montag, 3. Februar 2025, 23:59", datetime(2025, 2, 3, 23, 59)),
        ("lunes, 3 de febrero de 2025, 23:59", datetime(2025, 2, 3, 23, 59)),
        ("2025年02月3日 星期一 09:00", datetime(2025, 2, 3, 9, 0)),
        (
            "No submission - Extension granted until: Friday, 7 February 2025, 6:00 PM -  - ",
            datetime(2025, 2, 7, 18),
        ),
        ("-", None),
        ("31 February 2025, 10:00", None),
        ("1 January 0001, 12:00 AM", None),
        ("1 January 9999, 12:00 AM", None),
    ],
)
def test_dates_are_read_in_the_languages_seen(sentence: str, moment: datetime | None) -> None:
    assert find_date(sentence) == moment


def test_an_extension_is_read_from_the_status() -> None:
    status = "No submission - Extension granted until: Friday, 7 February 2025, 6:00 PM -  - "
    sheet = f'Identifier,Status,Grade,Last modified (grade)\nParticipant 7,"{status}",,-\n'

    (row,) = read_worksheet(sheet.encode(), timezone="Europe/Paris").rows

    assert (row.status, row.extension) == (Status.NOTHING, datetime(2025, 2, 7, 17, tzinfo=UTC))


def test_every_language_has_its_own_headers() -> None:
    for known in LANGUAGES:
        header = ",".join(f'"{name}"' for _, name in known.headers)
        row = ",".join(f"{known.participant}7" if n == 0 else "" for n in range(len(known.headers)))
        assert read_worksheet(f"{header}\n{row}\n".encode()).language is known


DATES = {
    "en": "Wednesday, 12 February 2025, 10:00 AM",
    "fr": "mercredi 12 février 2025, 10:00",
    "de": "Mittwoch, 12. Februar 2025, 10:00",
    "es": "miércoles, 12 de febrero de 2025, 10:00",
    "zh_cn": "2025年02月12日 星期三 10:00",
    "ar": "الأربعاء، 12 فبراير 2025، 10:00 AM",
}


@pytest.mark.parametrize("known", LANGUAGES, ids=lambda known: known.code)
def test_in_every_language_what_we_write_is_taken_also_where_a_grade_is_there(known: Language) -> None:
    columns = (Column.IDENTIFIER, Column.GRADE, Column.MAXIMUM, Column.GRADED)
    header = ",".join(f'"{known.header(column)}"' for column in columns)
    mark = known.decimal
    old = f'{known.participant}7,"3{mark}50","20{mark}00","{DATES[known.code]}"'
    new = f'{known.participant}8,,"20{mark}00",-'
    worksheet = read_worksheet(f"\ufeff{header}\n{old}\n{new}\n".encode(), timezone="Europe/Paris")

    upload = worksheet.write({"7": GradeChange(grade=14.5), "8": GradeChange(grade=20.0)})

    prediction = predict_import(upload, state_of(worksheet), session(worksheet), maximum=worksheet.maximum)
    assert [(row.identifier, row.grade, row.stored) for row in prediction.rows] == [
        ("7", Fate.SET, 14.5),
        ("8", Fate.SET, 20.0),
    ]
