"""What checks asked and found before, by what they were answered.

A check depends on its seed, the oracle, the known mistakes and the answers of the student's code, and on
nothing else. So the same answers, bit for bit, lead to the same next request, and in the end to the same
result. Where all answers are known, the student's code is asked just the same, in a process of its own, but
the check is not run: neither its arithmetic nor the oracle's, nor the packing of what it sends.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.checks.connection import FrameConnection
from grader.model import CheckResult, Outcome
from grader.worker import wire

MOST_BYTES = 64 << 20
_MOST_MET = 50_000
_STEP_BYTES = 400  # what an entry takes beside its request
_RESULT_BYTES = 8 << 10  # what a result with its evidence takes, roughly and at the most


class Unsteady(Exception):
    """A check asked something else than the last time that it was given these answers."""


@dataclass(slots=True)
class _Request:
    """A frame that several places may share: it holds the check's inputs, and they are mostly the same."""

    frame: bytes
    digest: bytes
    places: int = 0


class Recall:
    """Requests and results by the answers before them, for one seed, oracle and bank of mistakes.

    A place is kept when it is met for the second time: what only one student's code answers, as when it draws
    numbers of its own, is not worth keeping. Forgets what was not met for longest when it holds `most_bytes`.
    """

    def __init__(self, *, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._known: OrderedDict[bytes, _Request | CheckResult] = OrderedDict()
        self._met: OrderedDict[bytes, None] = OrderedDict()  # once
        self._requests: dict[bytes, _Request] = {}  # by digest
        self._unsteady: set[str] = set()
        self.held_bytes = 0
        self.recalled = 0  # checks that were not run

    def __len__(self) -> int:
        return len(self._known)

    def trusts(self, check: str) -> bool:
        """Has the check always asked the same after the same answers?"""
        return check not in self._unsteady

    def distrust(self, check: str) -> None:
        """From now on, always run this check."""
        self._unsteady.add(check)

    def at(self, place: bytes) -> bytes | CheckResult | None:
        """What came next, the last time: a request, or the result."""
        known = self._known.get(place)
        if known is None:
            return None
        self._known.move_to_end(place)
        return known.frame if isinstance(known, _Request) else known

    def keep(self, place: bytes, found: bytes | CheckResult) -> None:
        """What comes next."""
        if self._met.pop(place, self) is self and place not in self._known:
            self._met[place] = None
            if len(self._met) > _MOST_MET:
                self._met.popitem(last=False)
            return
        self._drop(place)
        if isinstance(found, CheckResult):
            self._known[place] = found
            self.held_bytes += _RESULT_BYTES
        else:
            digest = hashlib.sha256(found).digest()
            request = self._requests.setdefault(digest, _Request(found, digest))
            self.held_bytes += _STEP_BYTES + (0 if request.places else len(found))
            request.places += 1
            self._known[place] = request
        while self.held_bytes > self._most_bytes and self._known:
            self._drop(next(iter(self._known)))

    def _drop(self, place: bytes) -> None:
        known = self._known.pop(place, None)
        if isinstance(known, CheckResult):
            self.held_bytes -= _RESULT_BYTES
        elif known is not None:
            known.places -= 1
            self.held_bytes -= _STEP_BYTES
            if not known.places:
                del self._requests[known.digest]
                self.held_bytes -= len(known.frame)


class Walk:
    """One check's line to a student's code, which goes by itself where the way is known.

    `result` is there when it came to a known end. Else the check is to be run with this as its connection: it
    is given the answers that there are, then asks for itself, and the way is kept.
    """

    def __init__(self, recall: Recall, check: str, line: FrameConnection) -> None:
        self._recall = recall
        self._line = line
        self._place = hashlib.sha256(check.encode()).digest()
        self._way: list[tuple[bytes, bytes | Exception]] = []  # asked and answered before the check runs
        self._told = 0  # of these, to the check
        self._has_ended = False  # by anything but the check's own end
        self.is_unsteady = False
        self.result: CheckResult | None = None
        while isinstance(known := recall.at(self._place), bytes) and not self._has_ended:
            self._way.append((known, self._exchange(known)))
        if not self._has_ended and known is not None and not isinstance(known, bytes):
            self.result = known
            recall.recalled += 1

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request; raises Interrupted, or Unsteady."""
        frame = wire.encode(dict(message))
        if self._told < len(self._way):
            asked, answer = self._way[self._told]
            self._told += 1
            if asked != frame:
                self.is_unsteady = True
                raise Unsteady
        else:
            if not self._has_ended:
                self._recall.keep(self._place, frame)
            answer = self._exchange(frame)
        if isinstance(answer, Exception):
            raise answer.with_traceback(None)
        try:
            return self._line.read(answer)
        except Exception:
            self._has_ended = True
            raise

    def close(self) -> None:
        """The line is closed by who opened it."""

    def conclude(self, result: CheckResult) -> None:
        """Keep what the check found, if it depends on the answers alone."""
        if not self._has_ended and result.outcome is not Outcome.BROKEN:
            self._recall.keep(self._place, result)

    def has_strayed(self) -> bool:
        """Did the check, when it was run, go another way than the last time?"""
        return self.is_unsteady or self._told < len(self._way)

    def _exchange(self, frame: bytes) -> bytes | Exception:
        try:
            answer = self._line.exchange(frame)
        except Exception as error:  # the check is told when it comes to this question
            self._has_ended = True
            return error
        self._place = hashlib.sha256(self._place + answer).digest()
        return answer
