"""The truth about an output folder, in one SQLite file; the only door to `sqlite3`."""

from grader.store.desk import Comment, Conflict, Desk, Entry, Reviewed
from grader.store.files import sweep, write_file
from grader.store.standing import Standing, corrected, standing
from grader.store.store import Known, Record, Store, create_or_open, is_being_written, lock, open_existing
from grader.store.tables import (
    grades_csv,
    grades_head,
    grades_line,
    harmless,
    result_line,
    results_document,
    results_json,
)

__all__ = [
    "Comment",
    "Conflict",
    "Desk",
    "Entry",
    "Known",
    "Record",
    "Reviewed",
    "Standing",
    "Store",
    "corrected",
    "create_or_open",
    "grades_csv",
    "grades_head",
    "grades_line",
    "harmless",
    "is_being_written",
    "lock",
    "open_existing",
    "result_line",
    "results_document",
    "results_json",
    "standing",
    "sweep",
    "write_file",
]
