"""Pages and pictures from results: values in, text out."""

from grader.report.classes import ClassRow, class_page, class_row
from grader.report.seen import Audience, seen_by
from grader.report.student import StudentView, desk_page, student_page

__all__ = [
    "Audience",
    "ClassRow",
    "StudentView",
    "class_page",
    "class_row",
    "desk_page",
    "seen_by",
    "student_page",
]
