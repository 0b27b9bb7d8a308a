"""`grader course`: pages and tables, and what it refuses."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from grader.cli.course import course
from grader.errors import CourseError
from tests.course_files import TP4_QUARTER, hand_in, write_class, write_csv, write_results


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(course)
    return app


def a_course(folder: Path) -> Path:
    write_class(folder, ["Ada <script>alert(1)</script>", "=Bob Example", "Cid Example"])
    rows = [hand_in("Ada <script>alert(1)</script>", 17.0), hand_in("=Bob Example", 9.25)]
    write_results(folder, "tp4", [*rows, hand_in("Cid Example", 1.0, state="needs_review")])
    write_csv(folder / "exam.csv", [["id", "mark"], ["s0", "13"], ["s1", "11,5"], ["s2", "12"]])
    (folder / "course.toml").write_text(TP4_QUARTER, encoding="utf-8")
    return folder / "course.toml"


def test_pages_and_tables_are_written(tmp_path: Path, app: typer.Typer) -> None:
    out = tmp_path / "gradebook"

    result = CliRunner().invoke(app, [str(a_course(tmp_path)), "-o", str(out)])

    assert result.exit_code == 1, result.output  # Cid's hand-in needs review
    assert "Not final, and left out of moodle-gradebook.csv: Cid Example." in result.stderr
    pages = sorted((out / "students").iterdir())
    assert len(pages) == 3
    page = (out / "students" / "bob-example-s1.html").read_text(encoding="utf-8")
    assert "(25 × 9.25 + 75 × 11.5) / 100 = 10.9375" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    everything = "".join(p.read_text(encoding="utf-8") for p in [*pages, out / "index.html"])
    assert "<script" not in everything
    assert "http" not in everything.replace("http-equiv", "")


def test_what_is_not_final_stays_out_of_the_moodle_import(tmp_path: Path, app: typer.Typer) -> None:
    out = tmp_path / "gradebook"

    CliRunner().invoke(app, [str(a_course(tmp_path)), "-o", str(out)])

    table = list(csv.reader(io.StringIO((out / "moodle-gradebook.csv").read_text(encoding="utf-8-sig"))))
    assert table[0][:2] == ["ID number", "Full name"]
    assert [row[0] for row in table[1:]] == ["s0", "s1"]
    assert [row[-2] for row in table[1:]] == ["14", "11"]
    assert all(cell for row in table for cell in row)  # an empty cell would erase a grade


def test_no_cell_is_taken_for_a_formula(tmp_path: Path, app: typer.Typer) -> None:
    out = tmp_path / "gradebook"

    CliRunner().invoke(app, [str(a_course(tmp_path)), "-o", str(out)])

    names = [row[1] for row in csv.reader(io.StringIO((out / "course.csv").read_text(encoding="utf-8-sig")))]
    assert names[2] == "'=Bob Example"


def test_a_hand_in_of_nobody_in_the_class_list_is_told(tmp_path: Path, app: typer.Typer) -> None:
    rules = a_course(tmp_path)
    write_class(tmp_path, ["Ada <script>alert(1)</script>", "=Bob Example", "Somebody Else"])

    result = CliRunner().invoke(app, [str(rules), "-o", str(tmp_path / "gradebook")])

    assert result.exit_code == 1
    assert "the hand-in of Cid Example is of nobody in the class list" in " ".join(result.stderr.split())


def test_an_output_folder_of_grading_is_not_written_over(tmp_path: Path, app: typer.Typer) -> None:
    rules = a_course(tmp_path)

    result = CliRunner().invoke(app, [str(rules), "-o", str(tmp_path / "out/tp4")])

    assert isinstance(result.exception, CourseError)
    assert [p.name for p in (tmp_path / "out/tp4").iterdir()] == ["results.json"]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, app: typer.Typer) -> None:
    rules = a_course(tmp_path)
    for name in ("one", "two"):
        CliRunner().invoke(app, [str(rules), "-o", str(tmp_path / name)])

    one, two = (
        {p.relative_to(tmp_path / name): p.read_bytes() for p in (tmp_path / name).rglob("*") if p.is_file()}
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) == 6
