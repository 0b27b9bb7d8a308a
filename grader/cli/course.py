"""`grader course`: the gradebook of a whole course."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from grader.course.gradebook import CourseGrade, grade_class
from grader.course.marks import gather
from grader.course.numbers import shown
from grader.course.pages import write_pages
from grader.course.rules import Rules, read_rules
from grader.course.tables import course_csv, moodle_csv
from grader.errors import CourseError, ExitCode
from grader.i18n import language
from grader.model import text
from grader.report.plain import plain


def course(
    rules_file: Annotated[Path, typer.Argument(metavar="COURSE.TOML", help="The rules of the course.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for pages and tables.")],
    lang: Annotated[str, typer.Option(help="Language of the pages: en or fr.")] = "en",
) -> None:
    """Join assignments and exams into grades of the course, and say how each came about.

    Example: grader course course.toml -o gradebook
    """
    rules = read_rules(rules_file)
    gathered = gather(rules, rules_file.parent)
    grades = grade_class(rules, gathered)
    _refuse_output_of_grading(out)
    tongue = language(lang)
    write_pages(out, rules, grades, gathered.strangers, tongue.code)
    # with BOM: spreadsheets take a file without it for an old code page; Moodle takes both
    (out / "course.csv").write_text(course_csv(rules, grades, tongue), encoding="utf-8-sig")
    (out / "moodle-gradebook.csv").write_text(moodle_csv(rules, grades, tongue), encoding="utf-8-sig")
    Console().print(_summary(rules, grades))
    problems = Console(stderr=True)
    for words in gathered.strangers:
        problems.print(plain(words.render(tongue.gettext)), markup=False)
    waiting = [g.student.name for g in grades if not g.is_final]
    if waiting:
        words = text("Not final, and left out of moodle-gradebook.csv: {names}.", names=", ".join(waiting))
        problems.print(plain(words.render(tongue.gettext)), markup=False)
    if waiting or gathered.strangers:
        raise typer.Exit(ExitCode.NEEDS_REVIEW)


def _refuse_output_of_grading(out: Path) -> None:
    """An output folder of `grader grade` keeps its own pages."""
    if any((out / name).exists() for name in ("grades.sqlite", "results.json")):
        raise CourseError(f"{out}: holds the results of an assignment", "give -o another folder")
    if out.exists() and not out.is_dir():
        raise CourseError(f"{out}: is a file", "give -o a folder")


def _summary(rules: Rules, grades: tuple[CourseGrade, ...]) -> Table:
    table = Table(title=escape(rules.title))
    table.add_column("Student")
    for part in rules.part:
        table.add_column(escape(part.name), justify="right")
    table.add_column("Grade", justify="right")
    for grade in grades:
        parts = ["–" if p.grade is None else shown(p.grade) for p in grade.parts]
        final = "–" if grade.grade is None else shown(grade.grade)
        mark = "" if grade.is_final else " (not final)"
        table.add_row(escape(plain(grade.student.name)), *parts, final + mark)
    return table
