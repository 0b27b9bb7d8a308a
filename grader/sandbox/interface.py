"""What the other stages need of a sandbox, with fork or without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self

from grader.checks.connection import Connection
from grader.model import Cost, HandedFile, Limits, Tier


class Session(Protocol):
    """One submission, loaded."""

    @property
    def report(self) -> Mapping[str, Any]:
        """What `grader.worker.running.load` told of it: a stranger's claim."""

    @property
    def output(self) -> str:
        """The first of what it printed."""

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What loading and each check took."""

    def begin(self, *, limits: Limits, seed: int, check: str = "") -> Connection:
        """A line to a process in the state just after loading, for one check, whose name `costs` gives.

        Raises Interrupted.
        """

    def close(self) -> None:
        """End all that belongs to the submission."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Slot(Protocol):
    """A place where one submission at a time is run."""

    @property
    def tier(self) -> Tier:
        """How well it is kept apart."""

    def load(
        self, request: Mapping[str, object], files: Sequence[HandedFile], limits: Limits, *, seed: int
    ) -> Session:
        """Run what was handed in. Raises Interrupted."""

    def close(self) -> None:
        """End the slot and all that is in it."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
