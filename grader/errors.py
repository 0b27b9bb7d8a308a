"""What staff can fix, and the exit codes of the command line.

A student's mistake is a value (`grader.model.CheckResult`), never one of these.
A bug of ours is any other exception: one place in `grader.checks.plugin` turns it into `broken`.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process says when it ends."""

    DONE = 0
    NEEDS_REVIEW = 1  # done, but something needs a person; for `check`: not everything passed
    USAGE = 2  # wrong use or unreadable input
    STOPPED = 130  # by Ctrl-C; what a shell says of it, too


class GraderError(Exception):
    """Something that staff can put right: one sentence for the problem, one for the fix.

    Both stay in `args`, so that the error survives pickling between processes.
    """

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem, fix)

    @property
    def problem(self) -> str:
        """What is wrong, and where."""
        return str(self.args[0])

    @property
    def fix(self) -> str:
        """What to do about it."""
        return str(self.args[1])

    def __str__(self) -> str:
        return f"{self.problem}: {self.fix}"


class AssignmentError(GraderError):
    """An assignment's folder is not as it must be."""


class SourceError(GraderError):
    """What was to be graded cannot be read at all."""


class MoodleError(GraderError):
    """A file or an answer of Moodle cannot be used."""


class SandboxError(GraderError):
    """The isolation asked for cannot be had here."""


class StoreError(GraderError):
    """The output folder, or a file that was asked for, cannot be used."""


class CourseError(GraderError):
    """The rules of a course, or the marks that they join, cannot be used."""
