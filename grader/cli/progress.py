"""Show a batch while it runs: on a terminal a live bar, elsewhere a line per tenth of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.batch import Began, Deriving, Event, Failed, Finished, OnEvent, Retrying, Started
from grader.report.plain import plain

_SHOWN_NAMES = 3


@contextmanager
def shown_progress(console: Console) -> Iterator[OnEvent]:
    """Gives what takes the events of a batch."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[now]}", style="dim"),
        console=console,
        transient=True,
    )
    with bar:
        yield _Bar(bar)


class _Bar:
    """A bar that says what runs now."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task: TaskID | None = None
        self._running: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                self._task = self._bar.add_task("grading", total=event.total, now="")
            case Began():
                self._running[event.key] = event.name
                self._update(0)
            case Finished():
                self._running.pop(event.key, None)
                self._update(1)
            case Retrying() | Failed():
                _warn(self._bar.console, event)
            case Deriving():
                self._derive(event)

    def _update(self, advance: int) -> None:
        if self._task is not None:
            names = ", ".join(plain(n, limit=30) for n in list(self._running.values())[:_SHOWN_NAMES])
            self._bar.update(self._task, advance=advance, now=names)

    def _derive(self, event: Deriving) -> None:
        if self._task is not None:
            self._bar.update(
                self._task, description="writing", completed=event.done, total=event.total, now=""
            )


class _Lines:
    """A line now and then, for logs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._total = 0
        self._states: Counter[str] = Counter()

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                self._total = event.total
            case Finished():
                self._states[event.state.value] += 1
                done = self._states.total()
                if done == self._total or done % max(1, self._total // 10) == 0:
                    states = ", ".join(f"{n} {state}" for state, n in sorted(self._states.items()))
                    self._console.print(f"{done}/{self._total}: {states}", markup=False)
            case Retrying() | Failed():
                _warn(self._console, event)
            case _:
                pass


def _warn(console: Console, event: Retrying | Failed) -> None:
    kind = "tried again" if isinstance(event, Retrying) else "needs review"
    console.print(
        f"{plain(event.name, limit=80)}: {kind}: {plain(event.reason)}", markup=False, soft_wrap=True
    )
