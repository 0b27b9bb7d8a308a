"""A class whose hand-ins say what becomes of whoever grades them."""

from __future__ import annotations

import dataclasses
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.batch.cache import Conditions
from grader.batch.events import Event
from grader.batch.run import Batch, works_of
from grader.batch.work import Executor
from grader.discover import Entry
from grader.errors import SandboxError
from grader.grade import digest_of
from grader.model import Graded, HandedFile, Submission, Tier
from grader.score import LatePolicy
from grader.store import Store, create_or_open
from tests.class_fakes import CARD, make_graded

CONDITIONS = Conditions(
    card=CARD, late=LatePolicy(per_day=1.0), assignment="a" * 64, grader="0.1.0", seed=0, tier=Tier.PORTABLE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeRecipe:
    """Does what a hand-in's only file says; notes each grading in a file of the folder `trace`."""

    trace: Path
    opening: str = ""  # "die" | "refuse"

    @contextmanager
    def open(self) -> Iterator[Callable[[Submission], Graded]]:
        if self.opening == "die":
            os._exit(3)
        if self.opening == "refuse":
            raise SandboxError("no isolation here", "run `grader doctor`")
        yield self.grade

    def tier(self) -> Tier:
        if self.opening == "refuse":
            raise SandboxError("no isolation here", "run `grader doctor`")
        return Tier.PORTABLE

    def grade(self, submission: Submission) -> Graded:
        with (self.trace / submission.key).open("a") as file:
            file.write("x")
        order = submission.files[0].content.decode() if submission.files else "pass"
        attempts = self.runs(submission.key)
        if order == "die" or (order == "die once" and attempts == 1):
            os.kill(os.getpid(), signal.SIGKILL)
        if order == "hang":
            threading.Event().wait(60)
        if order == "raise":
            raise RuntimeError("a bug of ours")
        graded = make_graded(submission.key, failed=order == "fail", digest=digest_of(submission))
        result = dataclasses.replace(graded.result, name=submission.name, notes=submission.notes)
        return dataclasses.replace(graded, result=result)

    def runs(self, key: str) -> int:
        """How often a hand-in was graded."""
        path = self.trace / key
        return path.stat().st_size if path.exists() else 0


def fake_fetch(entry: Entry) -> Submission:
    """The name of an entry says what its hand-in does."""
    return Submission(
        key=entry.key,
        name=entry.name,
        identifier=entry.identifier,
        files=(HandedFile(path="tp4.py", content=entry.name.encode()),),
        handed_in=entry.handed_in,
        extension=entry.extension,
        notes=entry.notes,
    )


def entries(*orders: str) -> tuple[Entry, ...]:
    """A class that does this."""
    return tuple(Entry(key=f"s{i}", name=order) for i, order in enumerate(orders))


def run_batch(
    store: Store,
    class_: tuple[Entry, ...],
    executor: Executor,
    *,
    fresh: bool = False,
    conditions: Conditions = CONDITIONS,
) -> tuple[object, list[Event]]:
    """The summary of a batch, and what it told."""
    events: list[Event] = []
    batch = Batch(
        store=store,
        works=works_of(class_),
        fetch=fake_fetch,
        conditions=conditions,
        fresh=fresh,
        on_event=events.append,
    )
    return batch.run(executor), events


@contextmanager
def opened(folder: Path) -> Iterator[tuple[Store, FakeRecipe]]:
    """A store, and a recipe that leaves its traces beside it."""
    trace = folder / "trace"
    trace.mkdir(exist_ok=True)
    with create_or_open(folder / "out", CARD) as store:
        yield store, FakeRecipe(trace=trace)
