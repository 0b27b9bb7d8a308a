"""`assignment.toml`: what an author writes, and what is said when it is wrong."""

from __future__ import annotations

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from grader.errors import AssignmentError
from grader.model import LoadMode

Positive = Annotated[float, Field(gt=0)]
AtLeastZero = Annotated[float, Field(ge=0)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.]*$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _real_date(value: object) -> object:
    if value is not None and not isinstance(value, datetime):
        raise ValueError("write a date with time, without quotes: 2026-12-06T23:59:00+01:00")
    return value


class LateSection(_Section):
    """What handing in late costs."""

    per_day: AtLeastZero = 0.0  # per day begun, in `unit`
    unit: Literal["points", "percent"] = "points"
    grace_s: Annotated[int, Field(ge=0)] = 0
    cap: Positive | None = None  # points: never more than this is taken off
    cut_off: datetime | None = None  # what comes later, extensions apart, earns nothing
    by_moodle: bool = False  # Moodle takes its own penalty off: show it, do not subtract

    _real_cut_off = field_validator("cut_off", mode="before")(_real_date)


class FilesSection(_Section):
    """Which files are looked for, in order of preference."""

    wanted: tuple[str, ...] = ("*.ipynb", "*.py")


class LoadSection(_Section):
    """How hand-ins are loaded."""

    mode: Literal[LoadMode.DEFINITIONS, LoadMode.ALL] = LoadMode.DEFINITIONS
    repairs: tuple[Literal["python2", "quotes", "spaces", "tabs"], ...] = ()
    repair_cost: AtLeastZero = 0.0  # points per kind of repair that was needed


class LimitsSection(_Section):
    """How much a hand-in may take."""

    load_s: Positive = 60.0
    check_s: Positive = 10.0
    memory_mb: Annotated[int, Field(ge=128)] = 1024
    processes: Annotated[int, Field(ge=1, le=4096)] = 64
    disk_mb: Annotated[int, Field(ge=1)] = 64
    output_mb: Annotated[int, Field(ge=1)] = 16


class ImportsSection(_Section):
    """What students may import beside the standard library."""

    allowed: tuple[Name, ...] = ("numpy", "matplotlib", "sklearn.datasets", "sklearn.model_selection")


class MoodleSection(_Section):
    """What the site of the course allows."""

    max_upload_mb: Annotated[int, Field(ge=1)] = 100  # a larger feedback zip is split


class Settings(_Section):
    """The whole file."""

    title: Annotated[str, Field(min_length=1)]
    points: Positive
    due: datetime | None = None
    timezone: str = "Europe/Paris"
    names: tuple[Name, ...] = ()
    aliases: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    accepted: dict[str, tuple[tuple[Name, ...], ...]] = Field(default_factory=dict)
    reference: str | None = None
    late: LateSection = LateSection()
    files: FilesSection = FilesSection()
    load: LoadSection = LoadSection()
    limits: LimitsSection = LimitsSection()
    imports: ImportsSection = ImportsSection()
    moodle: MoodleSection = MoodleSection()

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError(f"{value!r} is no time zone; write one like Europe/Paris")
        return value

    _real_due = field_validator("due", mode="before")(_real_date)

    def in_utc(self, date: datetime | None) -> datetime | None:
        """A date of this file, aware; one written without an offset is in the assignment's time zone."""
        if date is None:
            return None
        local = date if date.tzinfo else date.replace(tzinfo=ZoneInfo(self.timezone))
        return local.astimezone(ZoneInfo("UTC"))


def read_settings(path: Path) -> Settings:
    """The settings in the file at `path`; raises AssignmentError that names file and key."""
    try:
        return Settings.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        raise AssignmentError(
            f"{path} does not exist", "an assignment is a folder with an assignment.toml"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise AssignmentError(f"{path} is not TOML: {error}", "mend the line that it names") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise AssignmentError(
            f"{path}: {key}: {_problem(first['type'], first['msg'])}", _fix(first, key)
        ) from None


def _problem(kind: str, message: str) -> str:
    words = {"missing": "is missing", "extra_forbidden": "is not a key of this file"}
    return words.get(kind, message.removeprefix("Value error, "))


def _fix(error: object, key: str) -> str:
    kind = error["type"]  # type: ignore[index]
    if kind == "missing":
        return f"add a line {key} = …"
    if kind == "extra_forbidden":
        return "see docs/authoring.md for the keys there are"
    return f"change {key}, now {error['input']!r}"  # type: ignore[index]
