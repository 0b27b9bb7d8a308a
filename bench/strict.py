"""What is the student's of a submission's CPU time, read more and less strictly.

`python -m bench.strict SIZE WORK ISOLATION` writes WORK/strict.json; `bench` runs it in a control group, of
which it reads the time of all processes while it grades a class for the second time.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

from bench.measure import group_s
from bench.notebooks import HandIn, make_class, write_class
from bench.own import TP4
from grader import grade
from grader.assignment import Assignment, load_assignment
from grader.batch.derive import write_derived
from grader.checks.oracle import LocalConnection
from grader.checks.suite import Run
from grader.discover import fetch, find
from grader.sandbox import open_slot
from grader.store import create_or_open
from grader.worker.serve import Answerer


@dataclass(slots=True)
class Seen:
    """CPU seconds of the processes of submissions, as their costs have it, and so the database."""

    seconds: float = 0.0


class _WatchedSlot:
    """A slot whose sessions tell what they took when they end."""

    def __init__(self, slot: Any, seen: Seen) -> None:
        self._slot, self._seen = slot, seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._slot, name)

    def load(self, *args: Any, **kwargs: Any) -> Any:
        return _WatchedSession(self._slot.load(*args, **kwargs), self._seen)


class _WatchedSession:
    def __init__(self, session: Any, seen: Seen) -> None:
        self._session, self._seen = session, seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def close(self) -> None:
        self._session.close()
        self._seen.seconds += math.fsum(c.cpu_s for c in self._session.costs)


def grade_twice(source: Path, out: Path, *, isolation: str) -> tuple[float, Seen]:
    """CPU of all processes in the second round, pages and tables included, and the students' share of it."""
    assignment = load_assignment(TP4)
    seen = Seen()
    with (
        open_slot(isolation=isolation, preload=assignment.preload()) as slot,
        create_or_open(out, assignment.card) as store,
    ):
        watched: Any = _WatchedSlot(slot, seen)
        desk = grade.open_desk(assignment, watched, seed=0)
        for _ in range(2):
            seen.seconds = 0.0
            began = group_s()
            for position, entry in enumerate(find([source], timezone="UTC").entries):
                store.put(grade.grade_submission(fetch(entry), desk), position)
            write_derived(out, language="en", after_due=False, jobs=1, on_progress=lambda done, total: None)
            spent = group_s() - began
    return spent, seen


# --- the student's functions by themselves ------------------------------------------------------------------


@dataclass(slots=True)
class Clock:
    """CPU seconds inside what is timed; calls within calls count once."""

    seconds: float = 0.0
    calls: int = 0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, on the clock."""

        def call(*args: Any, **kwargs: Any) -> Any:
            began = time.process_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.process_time() - began
                self.calls += 1

        return call


class _TimedAnswerer(Answerer):
    """Times the calls of what is the student's: not looking it up, nor packing what it gave."""

    def __init__(self, namespace: dict[str, Any], clock: Clock) -> None:
        super().__init__(namespace)
        self._clock, self._is_call = clock, False

    def answer(self, request: dict[str, Any]) -> dict[str, object]:
        self._is_call = request["do"] in ("call", "create")
        return super().answer(request)

    def _find(self, on: Any, path: str) -> Any:
        found = super()._find(on, path)
        return self._clock.timed(found) if self._is_call and callable(found) else found


class _TimedConnection(LocalConnection):
    def __init__(self, namespace: dict[str, Any], clock: Clock) -> None:
        super().__init__(namespace)
        self._answerer = _TimedAnswerer(namespace, clock)


def functions_alone(class_: Sequence[HandIn], assignment: Assignment) -> tuple[Clock, float]:
    """The students' functions on the clock in all the checks, and the seconds that their definitions took."""
    clock, loading_s = Clock(), 0.0
    slot: Any = None  # nothing is loaded
    desk = grade.open_desk(assignment, slot, seed=0)
    for hand_in in class_:
        began = time.process_time()
        code = compile(hand_in.script, hand_in.name, "exec")
        _names(code)
        loading_s += time.process_time() - began

        def connect(case: object, code: CodeType = code) -> LocalConnection:
            return _TimedConnection(_names(code), clock)

        desk.checks.run(Run(connect=connect, oracle=desk.oracle, seed=0))
    return clock, loading_s


def _names(code: CodeType) -> dict[str, Any]:
    """Of a student's script; its training, which asks for `__main__`, is not run."""
    names: dict[str, Any] = {"__name__": "student"}
    exec(code, names)
    return names


def measure_strictly(size: int, work: Path, *, isolation: str) -> Mapping[str, float]:
    """All readings, in CPU seconds per submission."""
    class_ = list(make_class(size))
    source = write_class(iter(class_), work / "class")
    spent, seen = grade_twice(source, work / "out", isolation=isolation)
    clock, loading_s = functions_alone(class_, load_assignment(TP4))
    found = {
        "all_s": spent,
        "stored_s": seen.seconds,
        "functions_s": clock.seconds,
        "loading_s": loading_s,
        "calls": float(clock.calls),
    }
    return {name: value / size for name, value in found.items()}


if __name__ == "__main__":
    size_, work_, isolation_ = sys.argv[1:]
    strictly = measure_strictly(int(size_), Path(work_), isolation=isolation_)
    (Path(work_) / "strict.json").write_text(json.dumps(strictly), "utf-8")
