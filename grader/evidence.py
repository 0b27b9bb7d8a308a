"""What a check keeps for people to see. Frozen values, drawn on pages by their kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Array:
    """An array to be shown: its values flattened in C order, cut after `MAX_SHOWN`."""

    shape: tuple[int, ...]
    dtype: str
    values: tuple[float, ...]

    MAX_SHOWN: ClassVar[int] = 512

    @property
    def is_whole(self) -> bool:
        """Are all the values there?"""
        size = 1
        for n in self.shape:
            size *= n
        return len(self.values) == size


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Got beside expected. Reveals the answer: shown for public checks only."""

    name: str
    got: Array
    expected: Array
    differs: tuple[bool, ...]  # one per value shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """The call that failed, to be pasted into the student's notebook. Reveals the input."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One line of a traceback, in the student's own code."""

    label: str  # of the unit
    anchor: str
    line: int
    function: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """An exception of the student's code, with the student's own lines only."""

    exception: str
    message: str
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line of a chart."""

    label: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Lines or points over a common axis, with thresholds to compare with."""

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    thresholds: tuple[tuple[str, float], ...] = ()  # label, height


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientEntries:
    """Entries of a gradient beside central differences."""

    name: str
    labels: tuple[str, ...]  # "W[2, 1]", "random direction"
    analytic: tuple[float, ...]
    numeric: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """What a classifier of the plane answers on a grid, and the examples that it was asked about."""

    title: str
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    grid: tuple[tuple[int, ...], ...]  # rows from low y to high y
    points: tuple[tuple[float, float, int], ...]  # x, y, class


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often class `row` was taken for class `column`."""

    title: str
    counts: tuple[tuple[int, ...], ...]


Evidence = Compared | Example | Trace | Chart | GradientEntries | Regions | Confusion
