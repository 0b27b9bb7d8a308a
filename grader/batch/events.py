"""What happens during a batch, as values; the command line shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from grader.model import Outcome, State, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """The batch begins."""

    total: int  # submissions
    slots: int  # at most so many at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """One submission is being graded."""

    key: str
    name: str
    where: str  # which process or machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One submission has its result, and it is kept."""

    key: str
    name: str
    state: State
    outcomes: tuple[Outcome, ...]  # of its checks
    seconds: float
    is_reused: bool = False  # nothing it depends on had changed: it was not run again


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrying:
    """The process that graded a submission died or hung; it is tried once more, elsewhere."""

    key: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """We failed on one submission: it needs review, and staff may want to know why."""

    key: str
    name: str
    reason: str  # a traceback, or how the process died


@dataclass(frozen=True, slots=True, kw_only=True)
class Deriving:
    """Pages and tables are being written: `done` of `total` files."""

    done: int
    total: int


Event = Started | Began | Finished | Retrying | Failed | Deriving
OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """How a batch ended."""

    total: int
    reused: int
    states: tuple[tuple[State, int], ...]  # of this batch's submissions
    needs_review: tuple[str, ...]  # keys
    left_over: tuple[str, ...]  # keys of earlier runs that this batch's source does not name
    tier: Tier | None  # the weakest isolation of all results
