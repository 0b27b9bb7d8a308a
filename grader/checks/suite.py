"""The checks of an assignment, as its author wrote them, and what one run of them needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.checks.connection import Connection
from grader.checks.oracle import Oracle
from grader.checks.recall import Recall
from grader.model import CheckResult, Text, Visibility

DEFAULT_SEEDS = 2
Known = tuple[bytes, bytes]  # a request and its answer, packed


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFile:
    """One file of checks. Its folder says who may see them."""

    path: Path
    visibility: Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """All the files of checks of an assignment; `root` holds their conftest.py."""

    root: Path
    files: tuple[CheckFile, ...]

    def only(self, *visibilities: Visibility) -> Suite:
        """The files whose folder has one of these visibilities."""
        return Suite(root=self.root, files=tuple(f for f in self.files if f.visibility in visibilities))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckMark:
    """What an author wrote in `@pytest.mark.check(…)`."""

    points: float
    group: str = ""
    after: tuple[str, ...] = ()
    seeds: int = DEFAULT_SEEDS
    timeout_s: float | None = None  # None: the assignment's limit
    visibility: Visibility | None = None  # None: the folder's
    diagnose: bool = True  # compare a wrong answer with the known mistakes?


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One run of a check: with one seed, or one of the author's parameters."""

    check: str
    index: int
    timeout_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A known mistake: the reference with one thing wrong."""

    id: str
    words: Text  # completes "consistent with: …"
    fresh: Callable[[], dict[str, Any]]  # its names, just after loading
    # may it answer otherwise than the reference, where no names but these are asked for?
    concerns: Callable[[frozenset[str]], bool] = lambda names: True


@dataclass(slots=True, kw_only=True)
class Diagnoses:
    """What each known mistake answers and does in each check, found when first needed and kept."""

    mistakes: tuple[Mistake, ...] = ()
    reference: Mistake | None = None  # that of which they are: it answers for those that are not concerned
    answers: dict[tuple[str, str, int], list[Known]] = field(default_factory=dict)
    runs: dict[tuple[str, Case, int], Any] = field(default_factory=dict)

    def answers_of(self, mistake: Mistake, check: str, seed: int) -> list[Known]:
        """What it answered so far to the requests of a check, packed; grows as more is asked."""
        return self.answers.setdefault((mistake.id, check, seed), [])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a suite over one student's code."""

    connect: Callable[[Case], Connection]
    oracle: Oracle
    seed: int
    diagnoses: Diagnoses = field(default_factory=Diagnoses)
    recall: Recall | None = None  # of runs with the same oracle, seed and diagnoses
    only: frozenset[str] | None = None  # names of checks; None: all
    on_result: Callable[[CheckResult], None] = lambda result: None
    titles: Mapping[str, Text] = field(default_factory=dict)
