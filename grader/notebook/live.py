"""The live objects of a kernel, behind the same line as a student's process.

Values are copied on the way in and out, as between processes. Functions and objects are the kernel's own.
"""

from __future__ import annotations

import _thread
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from IPython.utils.capture import capture_output

from grader.assignment import Assignment
from grader.checks.connection import Interrupted
from grader.checks.oracle import LocalConnection
from grader.checks.plugin import run_checks, seed_for
from grader.checks.suite import Case, Run
from grader.model import CheckResult, Outcome, Visibility, text


class LiveConnection:
    """One check's line to the kernel's names, with the time limit of the grading."""

    def __init__(self, names: dict[str, Any], *, limit_s: float, seed: int) -> None:
        self._line = LocalConnection(names)
        self._limit_s = limit_s
        self._late = threading.Event()
        random.seed(seed)
        np.random.seed(seed)  # as the worker does before each check

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer to one request; raises Interrupted when it takes too long."""
        if self._late.is_set():
            raise self._too_long()
        timer = threading.Timer(self._limit_s, self._stop)
        timer.start()
        try:
            answer = self._line.ask(message)
        except KeyboardInterrupt:  # between the student's code and here
            if not self._late.is_set():
                raise
            raise self._too_long() from None
        finally:
            timer.cancel()
        if answer.get("raised", {}).get("type") == "KeyboardInterrupt":
            if self._late.is_set():
                raise self._too_long()
            raise KeyboardInterrupt  # a person's
        return answer

    def close(self) -> None:
        """Nothing is kept."""

    def _stop(self) -> None:
        self._late.set()
        _thread.interrupt_main()

    def _too_long(self) -> Interrupted:
        words = text("It took longer than {limit} s and was stopped.", limit=f"{self._limit_s:g}")
        return Interrupted(Outcome.TIMEOUT, words)


def run_live(
    assignment: Assignment, names: dict[str, Any], *, seed: int, only: frozenset[str] | None
) -> tuple[CheckResult, ...]:
    """The public checks on the names of a kernel; whatever they print is dropped."""
    limits = assignment.limits()

    def connect(case: Case) -> LiveConnection:
        number = seed_for("worker", seed, case.check, case.index) % 2**32
        return LiveConnection(names, limit_s=case.timeout_s or limits.check_s, seed=number)

    run = Run(connect=connect, oracle=assignment.oracle(), seed=seed, only=only)
    with _kept_random_state(), capture_output():
        return run_checks(assignment.suite.only(Visibility.PUBLIC), run)


@contextmanager
def _kept_random_state() -> Iterator[None]:
    """The kernel's global generators are afterwards as they were."""
    state, legacy = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        random.setstate(state)
        np.random.set_state(legacy)
