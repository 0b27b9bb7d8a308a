"""What the checks need of a student's process, however it is kept apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

from grader.model import Outcome, Text


class Interrupted(Exception):
    """The student's process was stopped or died before it answered."""

    def __init__(self, outcome: Outcome, message: Text) -> None:
        super().__init__(outcome, message)

    @property
    def outcome(self) -> Outcome:
        """TIMEOUT, MEMORY or CRASHED."""
        outcome: Outcome = self.args[0]
        return outcome

    @property
    def message(self) -> Text:
        """Which limit, and how far; or how it died."""
        message: Text = self.args[1]
        return message


class Connection(Protocol):
    """One check's line to the student's code, in the state just after loading."""

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request of `grader.worker.serve`; raises Interrupted."""

    def close(self) -> None:
        """End it; afterwards nothing that the check started is alive."""


@runtime_checkable
class FrameConnection(Connection, Protocol):
    """A line over which frames of `grader.worker.wire` go: `ask` packs, exchanges and reads them."""

    def exchange(self, frame: bytes) -> bytes:
        """The frame that answers a frame, not read yet; raises Interrupted."""

    def read(self, answer: bytes) -> Mapping[str, Any]:
        """What an answer says; raises Interrupted where it says nothing."""
