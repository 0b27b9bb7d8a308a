"""What a grading process does, whoever runs it: open a desk once, then one submission after the other."""

from __future__ import annotations

import gc
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Protocol

from grader.assignment import Assignment, load_assignment
from grader.grade import Desk, grade_submission, lay_out, open_desk
from grader.grade.build import build_of
from grader.model import Graded, Submission, Tier
from grader.sandbox import Slot, find_packages, open_slot

Grade = Callable[[Submission], Graded]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One submission to grade, with its bytes."""

    position: int
    submission: Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a task. `graded` is None where we failed; `failure` says how."""

    position: int
    graded: Graded | None
    failure: str = ""
    log: str = ""  # what our own code had to say meanwhile
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A task went to a grading process."""

    position: int
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A task goes to another process, because of what happened to the first."""

    position: int
    reason: str


Report = Start | Again | Answer


class Executor(Protocol):
    """Runs tasks somewhere: in this process, in others, on other machines."""

    @property
    def slots(self) -> int:
        """How many at a time."""

    def run(self, tasks: Iterator[Task]) -> Iterator[Report]:
        """Take tasks as there is room for them; every task gets exactly one Answer, in any order."""


class Recipe(Protocol):
    """How a grading process gets what it needs. Picklable, and small."""

    def open(self) -> AbstractContextManager[Grade]:
        """Made once per process."""

    def tier(self) -> Tier:
        """The isolation that it will have here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderRecipe:
    """Grades with the assignment of a folder on this machine."""

    folder: Path
    isolation: str  # "auto" or a Tier
    seed: int

    @contextmanager
    def open(self) -> Iterator[Grade]:
        """A desk with its own slot."""
        assignment = load_assignment(self.folder)
        with slot_for(assignment, self.isolation) as slot:
            yield SlotRecipe(assignment=assignment, slot=slot, seed=self.seed).grade()

    def tier(self) -> Tier:
        """The tier asked for, which `open` proves; or what a slot turns out to have here."""
        if self.isolation != "auto":
            return Tier(self.isolation)
        with open_slot(isolation=self.isolation, preload=()) as slot:
            return slot.tier


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedRecipe:
    """Grades with what this process has loaded, in a slot of its own."""

    recipe: FolderRecipe
    assignment: Assignment
    desk: partial[Desk]  # all but its slot and its seed

    @contextmanager
    def open(self) -> Iterator[Grade]:
        """The desk with a new slot."""
        with slot_for(self.assignment, self.recipe.isolation) as slot:
            yield partial(grade_submission, desk=self.desk(slot=slot, seed=self.recipe.seed))

    def tier(self) -> Tier:
        """That of the recipe it stands for."""
        return self.recipe.tier()


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRecipe:
    """Grades in this process, in a slot that is open already."""

    assignment: Assignment
    slot: Slot
    seed: int

    def grade(self) -> Grade:
        """With a desk on the slot."""
        desk = open_desk(self.assignment, self.slot, seed=self.seed)
        gc.freeze()  # what lives as long as the process is not to be searched again and again
        return partial(grade_submission, desk=desk)

    @contextmanager
    def open(self) -> Iterator[Grade]:
        """The slot stays open."""
        yield self.grade()

    def tier(self) -> Tier:
        """That of the slot."""
        return self.slot.tier


def slot_for(assignment: Assignment, isolation: str) -> Slot:
    """A slot for the hand-ins of an assignment. Raises SandboxError."""
    allowed = assignment.settings.imports.allowed
    return open_slot(isolation=isolation, preload=assignment.preload(), imports=allowed)


def load_all(assignment: Assignment) -> Callable[[Recipe], Recipe]:
    """Load what grading by a FolderRecipe needs; gives what makes one of it that has this already."""
    for module in assignment.imported_by_checks():
        with suppress(ImportError):  # a check that needs it will say so
            import_module(module)
    find_packages(assignment.settings.imports.allowed, assignment.preload())
    build_of(assignment.settings.imports.allowed)
    desk = lay_out(assignment)

    def loaded(recipe: Recipe) -> Recipe:
        assert isinstance(recipe, FolderRecipe)
        return LoadedRecipe(recipe=recipe, assignment=assignment, desk=desk)

    return loaded


def perform(task: Task, grade: Grade) -> Answer:
    """Grade one submission; a bug of ours costs this submission only."""
    began = time.monotonic()
    with _listen() as lines:
        try:
            graded, failure = grade(task.submission), ""
        except Exception:
            graded, failure = None, traceback.format_exc()
    return Answer(
        position=task.position,
        graded=graded,
        failure=failure,
        log="\n".join(lines),
        seconds=time.monotonic() - began,
    )


class _Ear(logging.Handler):
    """Collects what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def _listen() -> Iterator[list[str]]:
    """Hear our own log, which would otherwise end up in the middle of the progress display."""
    logger, ear = logging.getLogger("grader"), _Ear()
    logger.addHandler(ear)
    try:
        yield ear.lines
    finally:
        logger.removeHandler(ear)


class Inline:
    """Grades in this process, one after the other."""

    slots = 1

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    def run(self, tasks: Iterator[Task]) -> Iterator[Report]:
        """Opens the desk when the first task comes: a batch of reused results opens none."""
        first = next(tasks, None)
        if first is None:
            return
        with self._recipe.open() as grade:
            task: Task | None = first
            while task is not None:
                yield Start(position=task.position, where="here")
                yield perform(task, grade)
                task = next(tasks, None)
