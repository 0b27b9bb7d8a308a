"""A batch to be killed: `python -m tests.killable_batch FOLDER SIZE JOBS`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.batch.derive import write_derived
from grader.batch.forkserver import ForkServer
from grader.batch.pool import Pool
from grader.batch.work import Answer, Inline, Report, Task
from grader.model import Graded, Submission
from grader.store import create_or_open
from grader.store.files import sweep
from tests.batch_fakes import FakeRecipe, entries, run_batch
from tests.class_fakes import CARD

PACE_S = 0.02  # what grading one takes


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowRecipe(FakeRecipe):
    """As slow as a fast submission. Each process that grades leaves its number."""

    @contextmanager
    def open(self) -> Iterator[Callable[[Submission], Graded]]:
        (self.trace.parent / f"{os.getpid()}.pid").touch()
        with FakeRecipe.open(self):
            yield self.grade

    def grade(self, submission: Submission) -> Graded:
        threading.Event().wait(PACE_S)
        return FakeRecipe.grade(self, submission)


class Spoken:
    """Says on stdout that a result is about to be kept, so that a test can kill around that moment."""

    def __init__(self, inner: Inline | Pool) -> None:
        self._inner = inner
        self.slots = inner.slots

    def run(self, tasks: Iterator[Task]) -> Iterator[Report]:
        for report in self._inner.run(tasks):
            if isinstance(report, Answer):
                sys.stdout.write(".")
                sys.stdout.flush()
            yield report


def main(folder: Path, size: int, jobs: int) -> None:
    """Grade, then derive, as `grader grade` does."""
    trace = folder / "trace"
    trace.mkdir(exist_ok=True, parents=True)
    recipe = SlowRecipe(trace=trace)
    out = folder / "out"
    with closing(ForkServer(lambda: lambda recipe: recipe)) as server, create_or_open(out, CARD) as store:
        sweep(out)
        executor = Spoken(Inline(recipe) if jobs == 1 else Pool(recipe, jobs, starter=server))
        run_batch(store, entries(*(["pass", "fail", "pass"] * size)[:size]), executor)
        write_derived(out, language="en", after_due=False, jobs=jobs, on_progress=lambda done, total: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
