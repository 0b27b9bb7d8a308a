"""The rules of a course, as `course.toml` states them."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from grader.course.numbers import Rounding, exact
from grader.errors import CourseError

WORD = r"^[a-z0-9][a-z0-9_-]*$"


def _number(value: object) -> Fraction:
    """The exact value of a number in a TOML file, which was read as Decimal or int."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number")
    if not Decimal(value).is_finite():
        raise ValueError("must be a finite number")
    return exact(value)


_Raw = Annotated[Fraction, BeforeValidator(_number)]
Positive = Annotated[_Raw, Field(gt=0)]
NotNegative = Annotated[_Raw, Field(ge=0)]
Word = Annotated[str, Field(pattern=WORD)]
Line = Annotated[str, Field(min_length=1, max_length=200)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)


class LateRule(_Table):
    """What handing in late costs; replaces what the assignment itself took off."""

    per_day: NotNegative  # for each day begun
    unit: Literal["points", "percent"] = "points"  # as they count here, or percent of those earned
    grace_s: Annotated[int, Field(ge=0)] = 0
    cap: Positive | None = None  # never more than this, in the same unit


class Work(_Table):
    """One thing that earns points: an assignment graded by `grader grade`, or a column of marks."""

    id: Word
    title: Line | None = None
    results: str | None = None  # a folder with results.json
    marks: str | None = None  # or a CSV file
    column: str = "mark"  # of that file
    out_of: Positive | None = None  # of those marks
    points: Positive | None = None  # what full marks count for here; default: what they are out of
    maximum: Positive | None = None  # more points than this do not count
    weight: Positive | None = None  # in its part; default: its points
    late: LateRule | None = None
    groups: str | None = None  # a CSV file: student, group

    @property
    def name(self) -> str:
        """How people know it."""
        return self.title or self.id

    @model_validator(mode="after")
    def _one_source(self) -> Work:
        if (self.results is None) == (self.marks is None):
            raise ValueError('give one of: results = "folder of grader grade", marks = "file.csv"')
        if self.marks is not None and self.out_of is None:
            raise ValueError("marks from a file need out_of = the mark that is full")
        if self.results is not None and (self.out_of is not None or self.column != "mark"):
            raise ValueError("out_of and column go with marks; results know what they are out of")
        if self.marks is not None and self.late is not None:
            raise ValueError("marks from a file have no lateness: take late away")
        return self


class Part(_Table):
    """Works that make one grade together."""

    id: Word
    title: Line | None = None
    weight: Positive = Fraction(1)
    at_least: Positive | None = None
    best_of: Annotated[int, Field(ge=1)] | None = None
    step: Positive | None = None  # the part's grade is rounded to multiples of this; default: not rounded
    work: tuple[Work, ...] = Field(min_length=1, strict=False)

    @property
    def name(self) -> str:
        """How people know it."""
        return self.title or self.id

    @model_validator(mode="after")
    def _best_of_equals(self) -> Part:
        if self.best_of is None:
            return self
        if self.best_of >= len(self.work):
            raise ValueError(
                f"best_of = {self.best_of} of {len(self.work)} works drops none: lower it or take it away"
            )
        if len({w.weight for w in self.work}) > 1:
            raise ValueError("best_of needs works of equal weight: give all the same weight, or none")
        if self.work[0].weight is None and len({w.points for w in self.work}) > 1:
            raise ValueError(
                "best_of needs works of equal weight: give all the same points, or a weight each"
            )
        return self


class Excuse(_Table):
    """A work that one student need not hand in."""

    student: Line
    work: Word
    reason: Line = "excused"


class Missing(StrEnum):
    """What a work that was not handed in does."""

    ZERO = "zero"  # counts as 0 points
    NO_GRADE = "no grade"  # the course has no grade for this student


class Rules(_Table):
    """A whole `course.toml`."""

    title: Line
    students: str  # a CSV file: id, name, and what else is known
    out_of: Positive
    rounding: Annotated[Rounding, Field(strict=False)]
    step: Positive
    missing: Annotated[Missing, Field(strict=False)] = Missing.ZERO
    group_size: Annotated[int, Field(ge=2, le=3)] = 3
    late: LateRule | None = None
    part: tuple[Part, ...] = Field(min_length=1, strict=False)
    excused: tuple[Excuse, ...] = Field(default=(), strict=False)

    @property
    def works(self) -> tuple[Work, ...]:
        """All works of all parts, in the order of the file."""
        return tuple(work for part in self.part for work in part.work)

    @model_validator(mode="after")
    def _consistent(self) -> Rules:
        _refuse_twice([w.id for w in self.works], "work")
        _refuse_twice([p.id for p in self.part], "part")
        for part in self.part:
            if part.at_least is not None and part.at_least > self.out_of:
                raise ValueError(f"part {part.id!r}: at_least is above out_of, nobody can reach it")
        for excuse in self.excused:
            if excuse.work not in {w.id for w in self.works}:
                raise ValueError(f"excused: there is no work {excuse.work!r}")
        return self


def _refuse_twice(ids: list[str], kind: str) -> None:
    for name in ids:
        if ids.count(name) > 1:
            raise ValueError(f"two {kind}s have id = {name!r}: rename one")


def read_rules(path: Path) -> Rules:
    """The rules in `path`; raises CourseError that names file, key, slip and remedy."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as e:
        raise CourseError(f"{path}: cannot be read", f"check the path ({e.strerror})") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path}: is not UTF-8", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as e:
        raise CourseError(f"{path}: is not TOML: {e}", "correct that line") from None
    try:
        return Rules.model_validate(document)
    except ValidationError as e:
        problem, fix = _explain(e)
        raise CourseError(f"{path}: {problem}", fix) from None


def _explain(error: ValidationError) -> tuple[str, str]:
    """What is wrong first, and what to write."""
    slips = error.errors(include_url=False)
    # a misspelt key is missing and unknown at once: tell what is there
    slip = next((s for s in slips if s["type"] == "extra_forbidden"), slips[0])
    key = _key(slip["loc"])
    where = f"{key}: " if key else ""
    match slip["type"]:
        case "missing":
            return f"{where}is missing", _example(str(slip["loc"][-1]))
        case "extra_forbidden":
            missing = [str(s["loc"][-1]) for s in slips if s["type"] == "missing"]
            fix = (
                f"is {missing[0]} meant? Otherwise take it away" if missing else "correct it, or take it away"
            )
            return f"{where}is not a key of this table", fix
        case "greater_than":
            return f"{where}must be above {slip['ctx']['gt']}", "write a larger number"
        case "greater_than_equal":
            return f"{where}must be at least {slip['ctx']['ge']}", "write a larger number"
        case "less_than_equal":
            return f"{where}must be at most {slip['ctx']['le']}", "write a smaller number"
        case "literal_error" | "enum":
            return f"{where}is none of the words known", f"write one of: {slip['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"{where}{str(slip['input'])[:40]!r} is no id", "use a-z, 0-9, - and _ only"
        case "value_error":
            problem, _, fix = str(slip["ctx"]["error"]).partition(": ")
            return f"{where}{problem}", fix or _example(str(slip["loc"][-1]) if slip["loc"] else "")
    message = slip["msg"]
    return f"{where}{message[:1].lower()}{message[1:]}", _example(str(slip["loc"][-1]) if slip["loc"] else "")


def _key(loc: tuple[int | str, ...]) -> str:
    """A place as an author counts it: part 2, work 1, points."""
    words: list[str] = []
    for step in loc:
        if isinstance(step, int):
            words[-1] = f"{words[-1]} {step + 1}"
        else:
            words.append(step)
    return ", ".join(words)


_EXAMPLES = {
    "title": 'title = "Introduction to deep learning"',
    "students": 'students = "students.csv"',
    "out_of": "out_of = 20",
    "rounding": 'rounding = "half up"',
    "step": "step = 0.5",
    "per_day": "per_day = 2",
    "id": 'id = "tp4"',
    "part": '[[part]] and id = "practical"',
    "work": '[[part.work]] and id = "tp4"',
    "student": 'student = "the id in the class list"',
}


def _example(key: str) -> str:
    """What to write for `key`."""
    return f"write for instance: {_EXAMPLES[key]}" if key in _EXAMPLES else "correct it"
