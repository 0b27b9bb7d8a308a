"""The dry run of an import: what it predicts, and what it tells people to do."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import MoodleError
from grader.exchange.checking import Advice, check
from grader.moodle import GradeChange, Recipient, feedback_zip, read_worksheet
from grader.moodle.importing import Fate

MOODLE = Path(__file__).parent / "data" / "moodle"
NOW = datetime(2025, 2, 13, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))
FRENCH = MOODLE / "worksheets" / "midterm100_fr_graded.csv"
LOCKED = MOODLE / "worksheets" / "lab1_en_graded_two_locked.csv"


def dry_run(upload: Path, original: Path | None, **how: object) -> Advice:
    return check(upload, original=original, timezone="Europe/Paris", now=NOW, **how)


def written(tmp_path: Path, original: Path, grades: dict[str, float]) -> Path:
    worksheet = read_worksheet(original.read_bytes(), timezone="Europe/Paris")
    changes = {number: GradeChange(grade=grade) for number, grade in grades.items()}
    path = tmp_path / "upload.csv"
    path.write_bytes(worksheet.write(changes))
    return path


def said(advice: Advice) -> str:
    return " ".join(str(words) for words in (*advice.warnings, *advice.steps, advice.refused))


@pytest.mark.parametrize("code", ["en", "fr", "de"])
def test_what_we_write_is_fine_with_the_box_unticked(tmp_path: Path, code: str) -> None:
    original = MOODLE / "worksheets" / f"midterm100_{code}_graded.csv"

    advice = dry_run(written(tmp_path, original, {"41926": 90.0, "41935": 12.5}), original)

    assert advice.is_fine
    assert advice.grades_updated == 2
    assert "unticked" in said(advice)
    assert f"language of the worksheet ({code})" in said(advice)


def test_a_locked_grade_is_told(tmp_path: Path) -> None:
    advice = dry_run(written(tmp_path, LOCKED, {"41881": 1.0}), LOCKED)

    row = next(row for row in advice.rows if row.fate is Fate.LOCKED)
    assert (row.name, row.stored) == ("Élodie Exemple-Démo", 15.5)
    assert "locked or overridden" in str(row.why)
    assert not advice.is_fine


def test_french_dates_left_as_they_were_need_the_box(tmp_path: Path) -> None:
    edited = tmp_path / "edited.csv"
    edited.write_text(FRENCH.read_text(encoding="utf-8").replace('"85,50"', '"86,50"'), encoding="utf-8")

    advice = dry_run(edited, FRENCH)
    unticked = dry_run(edited, FRENCH, ticked=False)

    assert "Tick “Allow updating" in said(advice)
    assert advice.grades_updated == 1
    assert [row.fate for row in unticked.rows if row.why] == [Fate.STALE]


def test_a_comma_in_an_english_worksheet_is_told_as_misread(tmp_path: Path) -> None:
    original = MOODLE / "worksheets" / "lab1_en.csv"
    edited = tmp_path / "edited.csv"
    text = original.read_text(encoding="utf-8").replace('-  - ",,20.00', '-  - ","14,5",20.00', 1)
    edited.write_text(text, encoding="utf-8")

    assert "'14,5' → 14" in said(dry_run(edited, original))


def test_comments_that_go_back_flattened_are_told() -> None:
    assert "formatting that they have in Moodle is lost" in said(dry_run(FRENCH, FRENCH))


def test_another_language_of_the_session_is_told() -> None:
    advice = dry_run(FRENCH, FRENCH, session_language="en")

    assert "Switch Moodle's language" in said(advice)


def test_feedback_files_that_moodle_ignores_are_told(tmp_path: Path) -> None:
    pages = [(Recipient(name="Ada", number=number), "feedback.html", b"x") for number in ("41881", "99")]
    (path, data) = next(iter(feedback_zip(pages)))
    (tmp_path / path).write_bytes(data)
    original = MOODLE / "worksheets" / "lab1_en.csv"

    advice = dry_run(original, original, feedback=[tmp_path / path])

    assert (advice.files_taken, advice.files_ignored) == (1, ("Ada_99_assignfeedback_file/feedback.html",))
    assert "Only then upload the feedback zips" in said(advice)


def test_without_a_fresh_worksheet_what_is_there_is_not_known(tmp_path: Path) -> None:
    upload = written(tmp_path, FRENCH, {"41926": 90.0})

    advice = dry_run(upload, None)

    assert "give --original" in said(advice)


def test_a_language_without_rules_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MoodleError, match="Moodle's rules in the language xx"):
        dry_run(FRENCH, FRENCH, session_language="xx")


def test_the_command_prints_a_row_each_and_the_steps(tmp_path: Path) -> None:
    upload = written(tmp_path, FRENCH, {"41926": 90.0})

    result = CliRunner().invoke(
        app,
        ["moodle", "check", str(upload), "--original", str(FRENCH), "--lang", "en"],
        env={"COLUMNS": "200"},
    )

    assert result.exit_code == 0, result.output
    assert "Participant41926" in result.output
    assert "taken" in result.output
    assert "1. Switch Moodle to the language of the worksheet (fr)." in result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["push", "OUT", "--site", "https://x.example", "--assignment", "4"], "give the output folder"),
        (["fetch", "--site", "https://x.example", "--assignment", "4", "-o", "x.zip"], "no token for Moodle"),
    ],
)
def test_what_is_missing_is_said_in_one_sentence(
    arguments: list[str], problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADER_MOODLE_TOKEN", raising=False)

    result = CliRunner().invoke(app, ["moodle", *arguments])

    assert isinstance(result.exception, MoodleError)
    assert problem in str(result.exception)
