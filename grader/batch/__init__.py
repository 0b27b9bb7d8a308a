"""Whole classes: executors, resuming, reuse of results, and the files derived from them."""

from grader.batch.derive import derive, doubts, kept_worksheet
from grader.batch.events import (
    BatchSummary,
    Began,
    Deriving,
    Event,
    Failed,
    Finished,
    OnEvent,
    Retrying,
    Started,
)
from grader.batch.grading import got_ready, grade_class

__all__ = [
    "BatchSummary",
    "Began",
    "Deriving",
    "Event",
    "Failed",
    "Finished",
    "OnEvent",
    "Retrying",
    "Started",
    "derive",
    "doubts",
    "got_ready",
    "grade_class",
    "kept_worksheet",
]
