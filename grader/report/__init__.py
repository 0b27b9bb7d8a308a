"""Pages and pictures from results: values in, text out."""

from grader.report.classes import ClassRow, class_page, class_row
from grader.report.seen import Audience, seen_by
from grader.report.student import StudentView, student_page
from grader.report.tally import Tally, tally

__all__ = [
    "Audience",
    "ClassRow",
    "StudentView",
    "Tally",
    "class_page",
    "class_row",
    "seen_by",
    "student_page",
    "tally",
]
