"""Which known mistakes give the same numbers as the student's code?

Each mistake is asked what the student's code was asked, up to the first answer that differs: for most it is
one of the first. With those that answer alike throughout, the check is run in the student's place, with the
same seeds, and everything is compared. The same on every case is a hypothesis: "consistent with".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from grader.checks.cases import CaseResult
from grader.checks.oracle import LocalConnection
from grader.checks.reach import asked_for
from grader.checks.reproduce import Exchange
from grader.checks.suite import Known, Mistake
from grader.model import Outcome
from grader.worker import wire
from grader.worker.wire import Handle

_WRONG = (Outcome.FAILED, Outcome.ERROR, Outcome.PARTIAL)
RTOL, ATOL = 1e-6, 1e-9
RTOL_SINGLE, ATOL_SINGLE = 1e-3, 1e-5


def diagnose(
    cases: Sequence[CaseResult],
    mistakes: Sequence[Mistake],
    *,
    reference: Mistake | None = None,
    known: Callable[[Mistake], list[Known]],
    run: Callable[[Mistake, int], CaseResult],
) -> tuple[str, ...]:
    """Ids of the mistakes that do in every case what the student's code did; ties are all named.

    `reference`, where it is given, answers in place of the mistakes that what was asked for does not concern.
    `known(mistake)` gives what it answered so far in this check, to be added to; `run(mistake, i)` what it
    does in the i-th case.
    """
    told = {c.mistake for c in cases if c.outcome in _WRONG}
    if len(told) == 1 and None not in told:  # every case that failed says the same
        return tuple(m for m in told if m is not None)
    # without an answer there is nothing to compare
    has_answers = any(c.exchanges for c in cases if c.outcome in _WRONG)
    if not has_answers or not all(c.outcome in (*_WRONG, Outcome.PASSED) for c in cases):
        return ()
    conversation = Conversation(exchange for case in cases for exchange in case.exchanges)

    @cache
    def is_right() -> bool:
        return reference is not None and conversation.is_had_with(reference, known(reference))

    alike = [
        m
        for m in mistakes
        if (
            is_right()
            if reference is not None and not m.concerns(conversation.names)
            else conversation.is_had_with(m, known(m))
        )
    ]
    return tuple(m.id for m in alike if all(_same_run(c, run(m, i)) for i, c in enumerate(cases)))


class Conversation:
    """What a check asked a student's code, and what that answered.

    What a mistake answered before is kept, packed, with the requests: those of another student may differ, as
    where a check counted instructions. Most mistakes answer alike, and of equal answers one is compared.
    """

    def __init__(self, exchanges: Iterable[Exchange]) -> None:
        self._requests: list[bytes] = []
        self._answers: list[Mapping[str, Any]] = []
        self.names: frozenset[str] = frozenset()
        for request, answer in exchanges:
            self._requests.append(wire.encode(dict(request)))
            self._answers.append(answer)
            self.names |= asked_for(request)
        self._found: dict[tuple[int, bytes], bool] = {}

    def is_had_with(self, mistake: Mistake, known: list[Known]) -> bool:
        """Does `mistake` answer as the student's code did? `known` is what it answered before."""
        for position, (request, (asked, answer)) in enumerate(zip(self._requests, known, strict=False)):
            if request != asked:
                break
            if not self._is_same(position, answer):
                return False
        else:
            if len(known) >= len(self._requests):
                return True
        line = LocalConnection(mistake.fresh())
        for position, request in enumerate(self._requests):
            answer = line.exchange(request)
            if known[position : position + 1] != [(request, answer)]:
                known[position:] = [(request, answer)]
            if not self._is_same(position, answer):
                return False
        return True

    def _is_same(self, position: int, answer: bytes) -> bool:
        key = (position, answer)
        if key not in self._found:
            self._found[key] = _same_answer(self._answers[position], wire.decode(answer))
        return self._found[key]


def _same_run(student: CaseResult, mistake: CaseResult) -> bool:
    return (
        student.outcome is mistake.outcome
        and student.message.template == mistake.message.template
        and len(student.exchanges) == len(mistake.exchanges)
        and all(
            _same_answer(a, b) for (_, a), (_, b) in zip(student.exchanges, mistake.exchanges, strict=True)
        )
    )


def _same_answer(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    if "raised" in a or "raised" in b:
        # the message too: every mistake that ends in a ValueError would be taken for every other
        mine, theirs = a.get("raised", {}), b.get("raised", {})
        return bool(all(mine.get(part) == theirs.get(part) for part in ("type", "message")))
    return all(same(a.get(part), b.get(part)) for part in ("value", "inputs", "missing"))


def same(a: Any, b: Any) -> bool:
    """Are two values of the wire the same to within rounding?"""
    if isinstance(a, Handle) or isinstance(b, Handle):
        return isinstance(a, Handle) and isinstance(b, Handle)
    if isinstance(a, (np.ndarray, np.generic, float, int)) and isinstance(
        b, (np.ndarray, np.generic, float, int)
    ):
        return _same_numbers(np.asarray(a), np.asarray(b))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, dict) and isinstance(b, dict):
        return set(a) == set(b) and all(same(a[k], b[k]) for k in a)
    return type(a) is type(b) and bool(a == b)


def _same_numbers(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> bool:
    if a.shape != b.shape:
        return False
    if a.dtype == b.dtype and a.tobytes() == b.tobytes():
        return True
    single = np.float32 in (a.dtype, b.dtype)
    rtol, atol = (RTOL_SINGLE, ATOL_SINGLE) if single else (RTOL, ATOL)
    return bool(np.allclose(a, b, rtol=rtol, atol=atol, equal_nan=True))
