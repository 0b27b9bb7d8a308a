"""Where our own process spends its time on one submission, stage by stage.

`python -m bench.stages SIZE WORK ISOLATION` writes WORK/stages.json.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bench.notebooks import make_class, write_class
from bench.own import TP4
from grader import grade, store
from grader.assignment import load_assignment
from grader.checks import plugin
from grader.discover import fetch, find
from grader.report import StudentView, student_page
from grader.sandbox import open_slot


@dataclass(slots=True)
class Stopwatch:
    """CPU and wall time of stages; what runs inside another stage is not charged twice."""

    cpu_s: dict[str, float] = field(default_factory=dict)
    wall_s: dict[str, float] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    _inner: list[list[float]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge what happens inside to `name`."""
        cpu, wall = time.process_time(), time.perf_counter()
        self._inner.append([0.0, 0.0])
        try:
            yield
        finally:
            spent = time.process_time() - cpu, time.perf_counter() - wall
            inner = self._inner.pop()
            for table, own in ((self.cpu_s, spent[0] - inner[0]), (self.wall_s, spent[1] - inner[1])):
                table[name] = table.get(name, 0.0) + own
            self.calls[name] = self.calls.get(name, 0) + 1
            if self._inner:
                self._inner[-1][0] += spent[0]
                self._inner[-1][1] += spent[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One line of the table, per submission."""

    name: str
    cpu_ms: float
    wall_ms: float
    calls: float


class _Timed:
    """Something whose methods are charged to stages; the rest goes to the thing itself."""

    def __init__(self, inner: Any, watch: Stopwatch, stages: dict[str, str]) -> None:
        self._inner, self._watch, self._stages = inner, watch, stages

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._stages:
            return found

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self._watch.stage(self._stages[name]):
                result = found(*args, **kwargs)
            return self._wrapped(name, result)

        return timed

    def _wrapped(self, name: str, result: Any) -> Any:
        if name == "load":
            stages = {"begin": "sandbox: fork per check", "close": "sandbox: end the submission"}
            return _Timed(result, self._watch, stages)
        if name == "begin":
            asks = dict.fromkeys(("ask", "exchange", "read"), "wire: ask the student")
            return _TimedLine(result, self._watch, asks | {"close": "sandbox: end the check"})
        return result

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exception: object) -> None:
        self._inner.__exit__(*exception)


class _TimedLine(_Timed):
    """A check's line: what it can do is asked of its class."""

    def ask(self, message: Any) -> Any:
        return self.__getattr__("ask")(message)

    def exchange(self, frame: bytes) -> Any:
        return self.__getattr__("exchange")(frame)

    def read(self, answer: bytes) -> Any:
        return self.__getattr__("read")(answer)

    def close(self) -> Any:
        return self.__getattr__("close")()


def profile(source: Path, out: Path, assignment_folder: Path, *, isolation: str) -> list[Stage]:
    """Each stage's share, averaged over the hand-ins of a folder.

    All of them are graded twice. The first round, in which the oracle's answers and what known mistakes do
    are found and kept, does not count: so it is for most submissions of a large class.
    """
    assignment = load_assignment(assignment_folder)
    entries = find([source], timezone="UTC").entries
    watch = Stopwatch()
    with (
        open_slot(isolation=isolation, preload=assignment.preload()) as slot,
        store.create_or_open(out, assignment.card) as kept,
    ):
        desk = grade.open_desk(assignment, slot, seed=0)
        for entry in entries:
            graded = grade.grade_submission(fetch(entry), desk)
            student_page(StudentView(card=assignment.card, graded=graded), language="en")
        timed_slot: Any = _Timed(slot, watch, {"load": "sandbox: load"})
        timed_desk = replace(desk, slot=timed_slot)
        with _patched(watch):
            for position, entry in enumerate(entries):
                with watch.stage("discover: read the files"):
                    submission = fetch(entry)
                with watch.stage("grade: the rest"):
                    graded = grade.grade_submission(submission, timed_desk)
                with watch.stage("store: keep the result"):
                    kept.put(graded, position)
                with watch.stage("report: the student's page"):
                    student_page(StudentView(card=assignment.card, graded=graded), language="en")
    count = len(entries)
    return [
        Stage(
            name=name,
            cpu_ms=1e3 * cpu / count,
            wall_ms=1e3 * watch.wall_s[name] / count,
            calls=watch.calls[name] / count,
        )
        for name, cpu in sorted(watch.cpu_s.items(), key=lambda item: -item[1])
    ]


@contextmanager
def _patched(watch: Stopwatch) -> Iterator[None]:
    """Charge reading, running checks and naming mistakes to stages of their own. For measuring only."""
    targets: list[tuple[Any, str, str]] = [
        (grade, "read", "load: read the notebook"),
        (plugin.CheckRunner, "run", "checks: around the bodies"),
        (plugin.CheckRunner, "_execute", "checks: bodies, and pytest's items"),
        (plugin.CheckRunner, "_run_mistake", "checks: known mistakes, run"),
        (plugin, "diagnose", "checks: known mistakes, compared"),
    ]
    before: list[tuple[Any, str, Any]] = []
    for owner, attribute, stage in targets:
        inner = getattr(owner, attribute)
        before.append((owner, attribute, inner))
        setattr(owner, attribute, _charged(watch, stage, inner))
    try:
        yield
    finally:
        for owner, attribute, inner in before:
            setattr(owner, attribute, inner)


def _charged(watch: Stopwatch, stage: str, inner: Callable[..., Any]) -> Callable[..., Any]:
    def charged(*args: Any, **kwargs: Any) -> Any:
        with watch.stage(stage):
            return inner(*args, **kwargs)

    return charged


if __name__ == "__main__":
    size_, work_, isolation_ = sys.argv[1:]
    work_folder = Path(work_)
    class_folder = write_class(make_class(int(size_)), work_folder / "class")
    stages_ = profile(class_folder, work_folder / "out", TP4, isolation=isolation_)
    (work_folder / "stages.json").write_text(json.dumps([asdict(s) for s in stages_]), "utf-8")
