"""Slots and sessions on Linux: zygotes, a fork for each submission, a fork of that for each check."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from grader.checks.connection import Interrupted
from grader.model import Cost, HandedFile, Limits, Tier
from grader.sandbox import words
from grader.sandbox.forks import Elsewhere, ForkConnection, Run
from grader.sandbox.zygotes import Zygote

MAX_LOADS = 8  # of one submission: its process may die that often, and so may a zygote under it
MAX_SUBMISSIONS = 1000  # of one zygote


class ForkSession:
    """One submission, loaded again when its process has died."""

    def __init__(self, slot: ForkSlot, payload: Mapping[str, object], limits: Limits) -> None:
        self._slot = slot
        self._payload = payload
        self._limits = limits
        self._loads = 0
        self._orphaned = 0
        self._needs_all = payload.get("mode") == "all"  # imports at its top are run, whatever they are for
        self._costs: list[Cost] = []
        self._texts: list[str] = []
        self._run: Run | None = None
        self._connection: ForkConnection | None = None
        self.report: Mapping[str, Any] = self._load()

    @property
    def output(self) -> str:
        """The first of what it printed."""
        return "".join(self._texts) + (self._run.watch.text if self._run else "")

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What loading and each check took; when it is closed also what its process took between them."""
        return tuple(self._costs) + (tuple(self._run.costs) if self._run else ())

    def begin(self, *, limits: Limits, seed: int, check: str = "") -> ForkConnection:
        """A line for one check; one at a time. `check` is its name in `costs`."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._run is not None and self._run.is_alive() and not self._run.is_orphan():
            try:
                self._connection = self._run.begin(limits, seed, check)
                return self._connection
            except Interrupted:  # it may have been dying; else it is ended now, and asked no second time
                if not self._run.was_dying:
                    raise
        self._load()
        assert self._run is not None
        self._connection = self._run.begin(limits, seed, check)
        return self._connection

    def _load(self) -> Mapping[str, Any]:
        if self._run is not None and self._run.is_orphan():
            self._orphaned += 1
        else:
            self._loads += 1
        self._end_run()
        if self._loads > MAX_LOADS:
            raise words.given_up(MAX_LOADS)
        if self._orphaned > MAX_LOADS:
            raise words.WorkerBroken(f"{self._orphaned} zygotes died under one submission")
        began = time.monotonic()
        try:
            try:
                report = self._load_in_run()
            except Elsewhere:
                self._end_run()
                self._needs_all = True
                report = self._load_in_run()
        except BaseException:
            self._end_run()
            raise
        wall_s = time.monotonic() - began
        assert self._run is not None
        cpu_s, memory_bytes = self._run.watch.measure()
        cost = Cost(check="load", wall_s=wall_s, cpu_s=cpu_s, memory_bytes=memory_bytes)
        self._run.costs.append(cost)
        return report

    def _load_in_run(self) -> Mapping[str, Any]:
        self._run, missing = self._slot.run(self._limits, needs_all=self._needs_all)
        return self._run.load({**self._payload, "elsewhere": missing}, self._limits)

    def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            run.close()
            self._costs += [*run.costs, Cost(check="forks", wall_s=0.0, cpu_s=run.forks_s)]
            self._texts.append(run.watch.text)

    def close(self) -> None:
        """End all that belongs to the submission."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._end_run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class ForkSlot:
    """Up to two zygotes, made when needed and replaced when dead.

    One has NumPy, and is what most submissions need once their plots and data sets are left out; the other
    has all of `preload`. A fork copies the tables of every page that is mapped: each check's process of the
    first costs a fifth of one of the second.
    """

    def __init__(
        self,
        *,
        tier: Tier,
        preload: tuple[str, ...],
        workspace: Path | None,
        imports: tuple[str, ...] | None = None,
        submissions: int = MAX_SUBMISSIONS,
    ) -> None:
        self.tier = tier
        self._most = submissions  # of one zygote
        self._imports = None if imports is None else (*imports, *preload)
        self._more = tuple(m for m in preload if m.partition(".")[0] != "numpy")
        self._preload = preload
        self._workspace = workspace
        self._zygotes: dict[bool, Zygote] = {}  # by whether it has all
        self._served: dict[bool, int] = {}
        self._last = False

    def load(
        self, request: Mapping[str, object], files: Sequence[HandedFile], limits: Limits, *, seed: int
    ) -> ForkSession:
        """Run what was handed in, once."""
        payload = {**request, "files": [(f.path, f.content) for f in files], "seed": seed}
        return ForkSession(self, payload, limits)

    def run(self, limits: Limits, *, needs_all: bool) -> tuple[Run, list[str]]:
        """A process for a submission, and the modules that another zygote would have.

        From a fresh zygote if the last one died or served its time.
        """
        has_all = needs_all and bool(self._more)
        missing = [] if has_all else list(self._more)
        self._last = has_all
        zygote = self._zygotes.get(has_all)
        if zygote is not None and (self._served[has_all] >= self._most or not zygote.is_alive()):
            self._end_zygote(has_all)
        zygote = self._zygote(has_all)
        try:
            return Run(zygote, limits), missing
        except words.WorkerBroken:  # it died, perhaps by the hand of the submission before
            self._end_zygote(has_all)
        return Run(self._zygote(has_all), limits), missing

    def _zygote(self, has_all: bool) -> Zygote:
        """The one that there is, or a new one."""
        if has_all not in self._zygotes:
            self._served[has_all] = 0
            self._zygotes[has_all] = Zygote(
                tier=self.tier,
                preload=self._preload if has_all else (),
                imports=self._imports,
                workspace=self._workspace,
            )
        self._served[has_all] += 1
        return self._zygotes[has_all]

    @property
    def zygote_pid(self) -> int:
        """The process that the last submission came from; 0 when it is not running."""
        zygote = self._zygotes.get(self._last)
        return zygote.pid if zygote is not None else 0

    def _end_zygote(self, has_all: bool) -> None:
        self._zygotes.pop(has_all).close()

    def close(self) -> None:
        """End the slot and all that is in it."""
        for has_all in list(self._zygotes):
            self._end_zygote(has_all)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
