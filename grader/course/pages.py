"""The gradebook as pages: one for the class, one per student."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.course.gradebook import CourseGrade, Standing
from grader.course.numbers import shown
from grader.course.rules import Rules
from grader.i18n import language
from grader.model import Text, text
from grader.moodle import make_keys
from grader.report.page import render

STANDINGS: dict[Standing, Text] = {
    Standing.COUNTED: text("counts"),
    Standing.DROPPED: text("dropped"),
    Standing.EXCUSED: text("excused"),
    Standing.MISSING: text("missing"),
}


def keys_of(grades: Sequence[CourseGrade]) -> tuple[str, ...]:
    """The name of each student's page, without folder and suffix."""
    return make_keys([(g.student.name, g.student.id) for g in grades])


def student_page(rules: Rules, grade: CourseGrade, code: str) -> str:
    """How this grade came about."""
    return _page("gradebook_student.html.j2", code, rules=rules, grade=grade)


def class_page(rules: Rules, grades: Sequence[CourseGrade], strangers: Sequence[Text], code: str) -> str:
    """All grades, each with a link to how it came about."""
    rows = tuple(zip(keys_of(grades), grades, strict=True))
    return _page("gradebook_class.html.j2", code, rules=rules, rows=rows, strangers=strangers)


def _page(template: str, code: str, **values: Any) -> str:
    tongue = language(code)
    return render(
        template,
        code,
        styles=("gradebook.css",),
        scripts=(),
        shown=shown,
        standing=lambda s: tongue.gettext(STANDINGS[s].template),
        **values,
    )


def write_pages(
    out: Path, rules: Rules, grades: Sequence[CourseGrade], strangers: Sequence[Text], code: str
) -> None:
    """`index.html` and `students/KEY.html` in `out`."""
    (out / "students").mkdir(parents=True, exist_ok=True)
    for key, grade in zip(keys_of(grades), grades, strict=True):
        page = student_page(rules, grade, code)
        (out / "students" / f"{key}.html").write_text(page, encoding="utf-8")
    (out / "index.html").write_text(class_page(rules, grades, strangers, code), encoding="utf-8")
