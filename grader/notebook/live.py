"""The live objects of a kernel, behind the same line as a student's process.

Values are copied on the way in and out, as between processes. Functions and objects are the kernel's own.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from IPython.utils.capture import capture_output

from grader.assignment import Assignment
from grader.checks.plugin import run_checks, seed_for
from grader.checks.suite import Case, Run
from grader.checks.timed import TimedConnection
from grader.model import CheckResult, Visibility


def run_live(
    assignment: Assignment, names: dict[str, Any], *, seed: int, only: frozenset[str] | None
) -> tuple[CheckResult, ...]:
    """The public checks on the names of a kernel; whatever they print is dropped."""
    limits = assignment.limits()

    def connect(case: Case) -> TimedConnection:
        number = seed_for("worker", seed, case.check, case.index) % 2**32
        return TimedConnection(names, limit_s=case.timeout_s or limits.check_s, seed=number)

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
