"""Frozen values that the stages hand on. No effects; the JSON of each is made by `to_json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

from grader.evidence import Array as Array
from grader.evidence import Chart as Chart
from grader.evidence import Compared as Compared
from grader.evidence import Confusion as Confusion
from grader.evidence import Evidence as Evidence
from grader.evidence import Example as Example
from grader.evidence import Frame as Frame
from grader.evidence import GradientEntries as GradientEntries
from grader.evidence import Regions as Regions
from grader.evidence import Series as Series
from grader.evidence import Trace as Trace

T = TypeVar("T")


# --- words ------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What became of one check. Closed: nothing that we could not establish is `passed`."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"  # wrong answer
    ERROR = "error"  # the student's code raised
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"  # the student's process died
    MISSING = "missing"  # name not found
    SKIPPED = "skipped"  # depends on a check that did not pass
    BROKEN = "broken"  # our own fault: no verdict


class Visibility(StrEnum):
    """When a student may see a check's title and message."""

    PUBLIC = "public"  # always; also run at home
    AFTER_DUE = "after_due"  # hidden until the due date has passed
    HIDDEN = "hidden"  # never more than its group and points


class State(StrEnum):
    """What became of one submission."""

    GRADED = "graded"
    NEEDS_REVIEW = "needs_review"
    NOTHING_SUBMITTED = "nothing_submitted"
    UNREADABLE = "unreadable"


class Tier(StrEnum):
    """How student code was kept apart, from best to least."""

    STRONG = "strong"
    STRONG_FLAT = "strong-flat"
    MEDIUM = "medium"
    PORTABLE = "portable"


class LoadMode(StrEnum):
    """Which part of a hand-in is run before the checks."""

    DEFINITIONS = "definitions"  # imports, functions, classes and the assignments that they need
    ALL = "all"
    BARE = "bare"  # functions, classes and constants alone: where the definitions did not load


# --- text that can be said in several languages --------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence whose words and values are kept apart, so that it can be translated later.

    `template` is a `str.format` pattern in English and the key of the catalogue; make one with `text`.
    """

    template: str = ""
    args: tuple[tuple[str, Text | int | float | str], ...] = ()

    def render(self, translate: Callable[[str], str] = str) -> str:
        """The sentence in the language of `translate` (a gettext function)."""
        if not self.template:
            return ""
        if not self.args:
            return translate(self.template)  # an author's sentence may hold braces
        values = {k: v.render(translate) if isinstance(v, Text) else v for k, v in self.args}
        return translate(self.template).format(**values)

    def __str__(self) -> str:
        return self.render()

    def __bool__(self) -> bool:
        return bool(self.template)


def text(template: str, /, **args: Text | int | float | str) -> Text:
    """A `Text`; `template` must be a literal, as the catalogue is extracted from these calls."""
    return Text(template, tuple(sorted(args.items())))


def verbatim(words: str) -> Text:
    """A `Text` that is the same in every language: a name, an author's sentence, a student's error."""
    return Text("{words}", (("words", words),)) if words else Text()


# --- what was handed in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedFile:
    """One file as a student handed it in."""

    path: str  # posix, relative, never leaves its folder
    content: bytes
    modified: datetime | None = None  # aware; as the archive or the file system says: a hint only


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """All that one student (or team) handed in for one assignment."""

    key: str  # stable and unique in its class: [a-z0-9-]+
    name: str  # for people; may be any text
    identifier: str | None = None  # Moodle's number of the participant in this assignment, or a team's
    files: tuple[HandedFile, ...] = ()
    handed_in: datetime | None = None  # aware, UTC
    extension: datetime | None = None  # aware, UTC: a due date of one's own
    notes: tuple[Text, ...] = ()  # what was met while reading: refused entries, drafts, lost files
    problem: Text = Text()  # why nothing of it can be read; empty when it can
    is_draft: bool = False  # saved in Moodle, but never submitted


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeUnit:
    """A piece of source that is compiled by itself: a notebook's cell or a whole module."""

    source: str
    label: str  # how people find it: "cell 7", "tp4.py"
    anchor: str = ""  # id of its place on the student's page


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A hand-in as the worker gets it: units to run in order, and files to lie beside them."""

    path: str
    units: tuple[CodeUnit, ...]
    files: tuple[HandedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of the document that people read."""

    kind: str  # "code" | "markdown" | "raw"
    source: str
    label: str
    anchor: str
    outputs: tuple[str, ...] = ()  # plain text only, cut to size


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A hand-in as people read it."""

    path: str
    cells: tuple[Cell, ...]


# --- what a check found -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What an assignment asks, as people see it."""

    name: str
    title: Text
    group: str
    points: float
    visibility: Visibility
    after: tuple[str, ...] = ()  # the checks that it builds on

    def __post_init__(self) -> None:
        if not self.points > 0:
            raise ValueError(f"{self.name}: points = {self.points}, must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What one check found in one submission."""

    check: str
    group: str
    visibility: Visibility
    outcome: Outcome
    points: float  # earned: 0 <= points <= out_of
    out_of: float
    title: Text = Text()
    message: Text = Text()  # for the student; tells neither input nor answer
    numbers: Text = (
        Text()
    )  # for the student where the check is public: the first wrong number and the right one
    detail: str = ""  # for staff only: tracebacks, reference values
    mistakes: tuple[str, ...] = ()  # ids of the known mistakes that give the same numbers
    hypotheses: tuple[Text, ...] = ()  # the same, in words
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.points <= self.out_of:
            raise ValueError(f"{self.check}: {self.points} points out of {self.out_of}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lateness:
    """How late, and what it costs. `seconds` is None where nobody can tell."""

    seconds: int | None = 0
    penalty: float = 0.0  # points taken off, >= 0
    message: Text = Text()


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What the result depends on: the same provenance gives the same bytes."""

    submission: str  # SHA-256 of its files
    assignment: str  # SHA-256 of all that its verdicts depend on
    grader: str  # version
    seed: int
    tier: Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionResult:
    """The verdict on one submission."""

    key: str
    name: str
    identifier: str | None
    files: tuple[str, ...]
    state: State
    out_of: float
    message: Text = Text()
    checks: tuple[CheckResult, ...] = ()
    notes: tuple[Text, ...] = ()  # what reading and loading met and did
    deduction: float = 0.0  # points taken off for repairs that loading needed
    lateness: Lateness = Lateness()
    provenance: Provenance | None = None  # None where nothing was run


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An assignment as people see it: what pages and tables need to know of it."""

    id: str
    title: Text
    points: float
    due: datetime | None  # aware, UTC
    timezone: str  # in which dates are shown: "Europe/Paris"
    checks: tuple[Check, ...]  # in the order of the assignment
    mistakes: tuple[tuple[str, Text], ...] = ()  # id and words of each known mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much a hand-in may take; each limit reached has its own outcome and sentence."""

    load_s: float = 60.0  # wall time, for loading
    check_s: float = 10.0  # wall time, for one check
    memory_bytes: int = 1 << 30  # of the whole tree of processes
    processes: int = 64
    disk_bytes: int = 64 << 20
    output_bytes: int = 16 << 20  # printed; what is kept is less

    def with_check_time(self, check_s: float) -> Limits:
        """The same, with another wall time for a check."""
        return replace(self, check_s=check_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What running one check took; kept apart from results, which stay reproducible."""

    # or "load"; "forks": forking for each check, and the loaded process's end; "earlier": definitions that
    # the student wrote first and then again, tried on what failed
    check: str
    wall_s: float
    cpu_s: float = 0.0
    memory_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """All that grading one submission gives."""

    result: SubmissionResult
    document: Document | None = None
    costs: tuple[Cost, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person decided about one check (or, with check = "", about the whole submission)."""

    key: str
    check: str
    points: float | None  # None: the machine's points stand
    reason: str
    author: str


_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)


def to_json(value: object) -> str:
    """`value`, one of the classes above, as JSON; the same value gives the same bytes.

    NaN and infinities are written as Python's `json` does, which JSON itself cannot say.
    """
    return json.dumps(_adapter(type(value)).dump_python(value, mode="json"), separators=(",", ":"))


def from_json(kind: type[T], document: str | bytes) -> T:
    """The value of class `kind` that `to_json` wrote; raises ValueError on anything else."""
    value: T = _adapter(kind).validate_python(json.loads(document))
    return value
