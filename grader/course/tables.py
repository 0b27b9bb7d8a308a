"""The gradebook as CSV: everything for people, and what Moodle's gradebook imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from grader.course.gradebook import CourseGrade, PartGrade, WorkGrade
from grader.course.numbers import plain, shown
from grader.course.rules import Rules
from grader.i18n import Language
from grader.moodle import comment_html
from grader.store import harmless


def course_csv(rules: Rules, grades: Sequence[CourseGrade], tongue: Language) -> str:
    """One row per student: works, parts, grade, and how it came about."""
    head = ["id", "name"]
    for part in rules.part:
        for work in part.work:
            head += [f"{work.id} points", f"{work.id} standing"]
        head.append(f"{part.id} grade")
    head += ["unrounded", "grade", "state", "how"]
    return _table([head, *(_row(grade, tongue) for grade in grades)])


def _row(grade: CourseGrade, tongue: Language) -> list[str]:
    row = [grade.student.id, grade.student.name]
    for part in grade.parts:
        for work in part.works:
            row += [shown(work.points), work.standing.value]
        row.append("" if part.grade is None else shown(part.grade))
    row.append("" if grade.unrounded is None else shown(grade.unrounded))
    row.append("" if grade.grade is None else plain(grade.grade))
    row.append("final" if grade.is_final else "needs review")
    row.append(" ".join(how(grade, tongue)))
    return row


def how(grade: CourseGrade, tongue: Language) -> Iterable[str]:
    """How a grade came about, sentence by sentence."""
    for part in grade.parts:
        for work in part.works:
            yield f"{work.name}: {_sentences(work, tongue)}"
        yield f"{part.name}: {_sentences(part, tongue)}"
    for step in grade.steps:
        yield step.render(tongue.gettext)


def _sentences(what: WorkGrade | PartGrade, tongue: Language) -> str:
    return " ".join(step.render(tongue.gettext) for step in what.steps)


def moodle_csv(rules: Rules, grades: Sequence[CourseGrade], tongue: Language) -> str:
    """What Moodle's "Import, CSV file" of the gradebook takes.

    Only students with a final grade: an empty cell erases the grade that is there, and a row with an empty
    first cell is given to the student of the row before (grade/import/csv/classes/load_data.php).
    """
    with_email = all(g.student.email for g in grades)
    head = ["ID number", *(["Email address"] if with_email else []), "Full name"]
    head += [*(part.name for part in rules.part), rules.title, f"{rules.title} (feedback)"]
    rows = [head]
    for grade in grades:
        if grade.grade is None or not grade.is_final:
            continue
        person = [grade.student.id, *([grade.student.email] if with_email else []), grade.student.name]
        parts = ["-" if p.grade is None else plain(p.grade) for p in grade.parts]
        words = comment_html(how(grade, tongue)).replace("\\", "&#92;")
        rows.append([*person, *parts, plain(grade.grade), words])
    return _table(rows)


def _table(rows: Iterable[Sequence[str]]) -> str:
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerows([_cell(cell) for cell in row] for row in rows)
    return lines.getvalue()


def _cell(words: str) -> str:
    """A lone dash, our sign for nothing, is no formula."""
    return words if words == "-" else harmless(words)
