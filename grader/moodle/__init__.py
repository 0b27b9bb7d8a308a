"""Moodle's files and answers, without effects: names, worksheets, the model of an import, feedback zips."""

from grader.moodle.feedback import Recipient, feedback_zip
from grader.moodle.languages import Column, Language, Status
from grader.moodle.names import (
    EntryName,
    clean,
    feedback_folder,
    make_keys,
    may_be_one,
    parse_entry,
    same_name,
    slug,
)
from grader.moodle.worksheet import GradeChange, Row, Worksheet, comment_html, read_worksheet

__all__ = [
    "Column",
    "EntryName",
    "GradeChange",
    "Language",
    "Recipient",
    "Row",
    "Status",
    "Worksheet",
    "clean",
    "comment_html",
    "feedback_folder",
    "feedback_zip",
    "make_keys",
    "may_be_one",
    "parse_entry",
    "read_worksheet",
    "same_name",
    "slug",
]
