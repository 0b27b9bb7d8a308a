"""Grading on a Dask cluster: the same tasks as the local pool's, on whatever machines there are.

Dask would run a lost task again by itself, as often as it likes and without saying on whose account. So
every task is tied to one machine, and this end decides: tried once more elsewhere, then given up.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from distributed import Client, WorkerPlugin, get_worker
from distributed.comm.addressing import parse_address, parse_host_port
from distributed.comm.core import CommClosedError
from distributed.comm.registry import get_backend
from distributed.scheduler import KilledWorker

from grader import __version__
from grader.batch.pool import ATTEMPTS
from grader.batch.work import Again, Answer, Grade, Recipe, Report, Start, Task, perform
from grader.errors import GraderError, SandboxError
from grader.model import Tier

AHEAD = 2  # tasks per machine: one that runs, one that waits there already
GLANCE_S = 0.25  # how long a lost machine may go unnoticed
PATIENCE_S = 120.0  # without any machine
CONNECT_S = 15.0


@dataclass(slots=True, kw_only=True)
class _Sent:
    """A task on a machine."""

    task: Task
    future: Any
    is_told: bool = False


@dataclass(slots=True, kw_only=True)
class _Machine:
    """A Dask worker process. Its first task is the one that runs."""

    address: str
    sent: list[_Sent] = field(default_factory=list)


class Cluster:
    """Runs tasks on the workers of a Dask scheduler. A context manager."""

    def __init__(self, address: str, recipe: Recipe, *, digest: str) -> None:
        self._address = address
        self._desk = _Desk(recipe, f"grader-{digest[:16]}-{time.time_ns():x}")
        self._client: Any = None
        self._machines: dict[str, _Machine] = {}
        self._unfit: dict[str, str] = {}
        self._again: deque[Task] = deque()
        self._attempts: dict[int, int] = {}
        self._ended: queue.SimpleQueue[Any] = queue.SimpleQueue()  # futures, to be woken by

    def __enter__(self) -> Cluster:
        _vet(self._address)
        try:
            self._client = Client(  # type: ignore[no-untyped-call]
                self._address, timeout=CONNECT_S, set_as_default=False
            )
        except (OSError, TimeoutError, ValueError) as error:
            raise SandboxError(
                f"no Dask scheduler answers at {self._address}",
                "start one with `dask scheduler` and give its address, such as tcp://host:8786",
            ) from error
        return self

    def __exit__(self, *exception: object) -> None:
        with suppress(Exception):  # the cluster may be gone: then nothing is left to close
            self._client.unregister_worker_plugin(self._desk.name)
        self._client.close()

    @property
    def slots(self) -> int:
        """Machines at this moment."""
        return len(self._workers())

    def tier(self) -> Tier:
        """The weakest isolation that any machine has: all grade in it, so that results are equal."""
        self._wait_for_machines()
        found: dict[str, tuple[str, Tier | str]] = self._client.run(_probe, self._desk.recipe)
        versions = {version for version, _ in found.values()}
        if versions != {__version__}:
            raise SandboxError(
                f"the cluster has grader {', '.join(sorted(versions))}, this machine {__version__}",
                "install the same version on every machine",
            )
        tiers = {address: tier for address, (_, tier) in found.items() if isinstance(tier, Tier)}
        self._unfit = {address: str(why) for address, (_, why) in found.items() if address not in tiers}
        if not tiers:
            raise SandboxError(*self._nobody())
        return max(tiers.values(), key=list(Tier).index)

    def use(self, recipe: Recipe) -> None:
        """Grade by another recipe: that of the tier that was found."""
        self._desk.recipe = recipe

    def run(self, tasks: Iterator[Task]) -> Iterator[Report]:
        """Takes tasks as machines have room; never more than two per machine are on the way."""
        self._client.register_plugin(self._desk)
        seen = time.monotonic()
        while True:
            yield from self._look()
            more = self._hand_out(tasks)
            if not more and not any(machine.sent for machine in self._machines.values()):
                return
            if self._machines:
                seen = time.monotonic()
            elif time.monotonic() - seen > PATIENCE_S:
                raise SandboxError(*self._nobody())
            yield from self._tell_starts()
            yield from self._collect()

    # --- machines ----------------------------------------------------------------------------------

    def _workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return workers

    def _wait_for_machines(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE_S)
        except TimeoutError as error:
            raise SandboxError(*self._nobody()) from error

    def _nobody(self) -> tuple[str, str]:
        why = "; ".join(sorted(set(self._unfit.values())))
        return (
            f"the cluster at {self._address} has no machine that can grade" + (f" ({why})" if why else ""),
            "start workers with `dask worker ADDRESS --nthreads 1`",
        )

    def _look(self) -> Iterator[Report]:
        """Notice machines that came, and those that went with their tasks."""
        present = self._workers().keys() - self._unfit.keys()
        for address in sorted(present - self._machines.keys()):
            self._machines[address] = _Machine(address=address)
        for address in sorted(self._machines.keys() - present):
            yield from self._lose(self._machines.pop(address), "was lost")

    def _lose(self, machine: _Machine, how: str) -> Iterator[Report]:
        """The task that ran there is charged; the one that waited there is not."""
        for at, sent in enumerate(machine.sent):
            sent.future.release()
            position = sent.task.position
            if at > 0:
                self._again.append(sent.task)
                continue
            attempts = self._attempts[position] = self._attempts.get(position, 0) + 1
            if attempts < ATTEMPTS:
                self._again.append(sent.task)
                yield Again(position=position, reason=f"machine {machine.address} {how}")
            else:
                reason = f"the machine that graded it {how}, {attempts} times"
                yield Answer(position=position, graded=None, failure=reason)

    # --- tasks ---------------------------------------------------------------------------------------

    def _hand_out(self, tasks: Iterator[Task]) -> bool:
        """Fill the machines, the emptiest first; False when no task is left."""
        for depth in range(AHEAD):
            for machine in list(self._machines.values()):
                if len(machine.sent) > depth:
                    continue
                task = self._again.popleft() if self._again else next(tasks, None)
                if task is None:
                    return False
                future = self._client.submit(
                    _grade,
                    self._desk.name,
                    task,
                    workers=[machine.address],
                    allow_other_workers=False,
                    pure=False,
                    retries=0,
                )
                future.add_done_callback(self._ended.put)
                machine.sent.append(_Sent(task=task, future=future))
        return True

    def _tell_starts(self) -> Iterator[Report]:
        for machine in self._machines.values():
            if machine.sent and not machine.sent[0].is_told:
                machine.sent[0].is_told = True
                yield Start(position=machine.sent[0].task.position, where=machine.address)

    def _collect(self) -> Iterator[Report]:
        """Wait a moment for answers, and take those that there are."""
        try:
            self._ended.get(timeout=GLANCE_S)
            while True:
                self._ended.get_nowait()
        except queue.Empty:
            pass
        for machine in list(self._machines.values()):
            for sent in [s for s in machine.sent if s.future.done()]:
                yield from self._take(machine, sent)

    def _take(self, machine: _Machine, sent: _Sent) -> Iterator[Report]:
        try:
            answer = sent.future.result(timeout=CONNECT_S)
        except (CommClosedError, KilledWorker, TimeoutError, asyncio.CancelledError, OSError):
            return  # lost on the way: `_look` will find its machine gone
        if isinstance(answer, GraderError):
            self._dismiss(machine, answer)
            return
        machine.sent.remove(sent)
        sent.future.release()
        yield answer

    def _dismiss(self, machine: _Machine, error: GraderError) -> None:
        """A machine that cannot grade gets no more tasks; none of them is to blame."""
        self._unfit[machine.address] = str(error)
        self._machines.pop(machine.address, None)
        self._again.extend(sent.task for sent in machine.sent)
        for sent in machine.sent:
            sent.future.release()
        machine.sent.clear()


class _Desk(WorkerPlugin):
    """What a machine keeps between submissions: the assignment, sent once, and an open slot."""

    def __init__(self, recipe: Recipe, name: str) -> None:
        self.recipe = recipe
        self.name = name

    def __getstate__(self) -> dict[str, object]:
        return {"recipe": self.recipe, "name": self.name}

    def setup(self, worker: Any) -> None:
        """Called on every machine, also on those that come later."""
        self._lock = threading.Lock()  # a machine with several threads still grades one at a time
        self._stack = ExitStack()
        self._grade: Grade | None = None

    def teardown(self, worker: Any) -> None:
        """Called at the end of the run, and of the machine."""
        with self._lock:
            self._stack.close()
            self._grade = None

    def perform(self, task: Task) -> Answer | GraderError:
        """Grade in the slot of this machine, opened by the first task."""
        with self._lock:
            try:
                if self._grade is None:
                    self._grade = self._stack.enter_context(self.recipe.open())
            except GraderError as error:
                return error
            return perform(task, self._grade)


def _grade(name: str, task: Task) -> Answer | GraderError:
    """What runs on a machine."""
    desk = get_worker().plugins[name]
    assert isinstance(desk, _Desk)
    return desk.perform(task)


def _vet(address: str) -> None:
    """Refuse what is no address: a client would look for it for half a minute."""
    try:
        scheme, place = parse_address(address, strict=True)
        get_backend(scheme)
        if scheme in ("tcp", "tls"):
            parse_host_port(place)
    except ValueError as error:
        raise SandboxError(
            f"{address!r} is no address of a Dask scheduler", "give one such as tcp://host:8786"
        ) from error


def _probe(recipe: Recipe) -> tuple[str, Tier | str]:
    """A machine's version, and its isolation or why it has not the one asked for."""
    try:
        return __version__, recipe.tier()
    except GraderError as error:
        return __version__, str(error)
