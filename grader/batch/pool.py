"""Grading processes on this machine. One submission at a time in each; the death of one costs nobody."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait

from grader.batch.processes import Fresh, Process, Starter
from grader.batch.work import Again, Answer, Recipe, Report, Start, Task
from grader.errors import GraderError, SandboxError

ATTEMPTS = 2  # a submission whose process died is tried once more
OPENING = 3  # processes that may die, one after the other, before they are ready
CLOSING_S = 5.0


@dataclass(slots=True, kw_only=True)
class _Worker:
    """One grading process, seen from here."""

    process: Process
    channel: Connection
    name: str
    is_ready: bool = False
    task: Task | None = None
    deadline: float = field(default=float("inf"))


class Pool:
    """Runs tasks in `slots` processes of its own, which `starter` starts: new ones where it is not given."""

    def __init__(
        self,
        recipe: Recipe,
        slots: int,
        *,
        patience_s: float = float("inf"),
        starter: Starter | None = None,
    ) -> None:
        self.slots = slots
        self._recipe = recipe
        self._patience_s = patience_s
        self._starter = starter or Fresh()
        self._workers: list[_Worker] = []
        self._again: deque[Task] = deque()
        self._attempts: dict[int, int] = {}
        self._died_opening = 0
        self._born = 0

    def run(self, tasks: Iterator[Task]) -> Iterator[Report]:
        """Takes a task only when a process is free for it. Starts none before there is one."""
        try:
            while True:
                yield from self._hand_out(tasks)
                if not self._workers:
                    return
                yield from self._listen()
        finally:
            self._close()

    def _hand_out(self, tasks: Iterator[Task]) -> Iterator[Report]:
        """Give each free place a task; where there is none left, let its process go."""
        for worker in [w for w in self._workers if w.is_ready and w.task is None]:
            task = self._next(tasks)
            if task is None:
                self._dismiss(worker)
            else:
                yield from self._give(worker, task)
        while len(self._workers) < self.slots:
            task = self._next(tasks)
            if task is None:
                return
            self._hire(task)

    def _next(self, tasks: Iterator[Task]) -> Task | None:
        return self._again.popleft() if self._again else next(tasks, None)

    def _hire(self, task: Task) -> None:
        """Start a process for `task`, which it gets as soon as it is ready."""
        ours, theirs = multiprocessing.Pipe()
        self._born += 1
        name = f"process {self._born}"
        with theirs:
            process = self._starter.start(self._recipe, theirs, name)
        self._workers.append(_Worker(process=process, channel=ours, name=name, task=task))

    def _give(self, worker: _Worker, task: Task) -> Iterator[Report]:
        worker.task = task
        worker.deadline = time.monotonic() + self._patience_s
        yield Start(position=task.position, where=worker.name)
        with suppress(OSError):  # it has died: its end of the channel says so next
            worker.channel.send(task)

    def _listen(self) -> Iterator[Report]:
        """Wait for word of any process, or for the end of our patience with one."""
        left = min(w.deadline for w in self._workers) - time.monotonic()
        heard = wait([w.channel for w in self._workers], None if left == float("inf") else max(0.0, left))
        for worker in [w for w in self._workers if w.channel in heard]:
            yield from self._hear(worker)
        now = time.monotonic()
        for worker in [w for w in self._workers if w.deadline <= now]:
            worker.process.stop(signal.SIGKILL)
            yield from self._lose(worker, f"took more than {self._patience_s:.0f} s")

    def _hear(self, worker: _Worker) -> Iterator[Report]:
        try:
            message = worker.channel.recv()
        except (EOFError, OSError):
            worker.process.wait(CLOSING_S)
            yield from self._lose(worker, f"died ({_exit_words(worker.process.exit_code)})")
            return
        if isinstance(message, GraderError):
            raise message
        task = worker.task
        assert task is not None
        if isinstance(message, Answer):
            worker.task, worker.deadline = None, float("inf")
            yield message
        else:
            worker.is_ready, self._died_opening = True, 0
            yield from self._give(worker, task)

    def _lose(self, worker: _Worker, how: str) -> Iterator[Report]:
        """A process is gone. Its task goes to a fresh one, or is given up."""
        task = worker.task
        self._remove(worker)
        if task is None:
            return
        if not worker.is_ready:
            self._died_opening += 1
            if self._died_opening >= OPENING:
                raise SandboxError(
                    f"grading processes cannot start: the last one {how}", "run `grader doctor`"
                )
            self._again.append(task)
            return
        attempts = self._attempts.get(task.position, 0) + 1
        self._attempts[task.position] = attempts
        if attempts < ATTEMPTS:
            self._again.append(task)
            yield Again(position=task.position, reason=f"{worker.name} {how}")
        else:
            reason = f"the grading process {how}, {attempts} times"
            yield Answer(position=task.position, graded=None, failure=reason)

    def _dismiss(self, worker: _Worker) -> None:
        """Let an idle process end by itself, its sandbox closed properly."""
        with suppress(OSError):
            worker.channel.send(None)
        worker.process.wait(CLOSING_S)
        self._remove(worker)

    def _remove(self, worker: _Worker) -> None:
        worker.channel.close()
        for number, patience_s in ((signal.SIGTERM, CLOSING_S), (signal.SIGKILL, None)):
            if not worker.process.wait(0):
                worker.process.stop(number)
                worker.process.wait(patience_s)
        worker.process.close()
        self._workers.remove(worker)

    def _close(self) -> None:
        for worker in list(self._workers):
            self._remove(worker)


def _exit_words(code: int | None) -> str:
    if code is None:
        return "no exit code"
    return f"signal {-code}" if code < 0 else f"exit code {code}"
