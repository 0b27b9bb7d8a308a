"""Programs tried on an assignment's checks: each function is one task, and may run in a process of its own.

All are the staff's code or one change away from it, so they need no isolation; mutants, which may loop for
ever, get a time limit.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import numpy as np

from grader.assignment import Assignment, Overlay, load_assignment
from grader.assignment.oracles import names_of
from grader.checks.connection import Connection
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import run_checks, seed_for
from grader.checks.suite import Case, Run
from grader.checks.timed import TimedConnection
from grader.model import CheckResult, Outcome

MUTANT_CHECK_S = 5.0  # a mutant may loop for ever


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the checks said of one program with one seed."""

    name: str  # "" for the reference
    seed: int
    outcomes: tuple[tuple[str, Outcome], ...]


@dataclass(frozen=True, slots=True)
class Probe:
    """What the reference run shows of one check."""

    check: str
    seconds: float
    weak_inputs: tuple[str, ...]  # in words


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one mutant."""

    mutant: str
    killed_by: str  # the first check that it does not pass; "" when it earns every point
    outcome: str


@dataclass(frozen=True, slots=True)
class _Bench:
    """An assignment in this process, loaded once."""

    assignment: Assignment
    oracle: Oracle


@cache
def _bench(folder: Path) -> _Bench:
    assignment = load_assignment(folder)
    return _Bench(assignment, assignment.oracle())


# --- other seeds ------------------------------------------------------------------------------------------


def try_seed(folder: Path, name: str, seed: int, only: frozenset[str] | None) -> Seeded:
    """The checks on the reference (name = "") or one of its overlays, with one seed."""
    bench = _bench(folder)
    overlay = _overlay(bench.assignment, name)
    assert bench.assignment.reference is not None
    fresh = names_of(bench.assignment.reference, overlay)
    run = Run(connect=lambda case: LocalConnection(fresh()), oracle=bench.oracle, seed=seed, only=only)
    results = run_checks(bench.assignment.suite, run)
    return Seeded(name, seed, tuple((r.check, r.outcome) for r in results))


def _overlay(assignment: Assignment, name: str) -> Overlay | None:
    return next((o for o in (*assignment.mistakes, *assignment.variants) if o.id == name), None)


# --- what checks cost and ask -----------------------------------------------------------------------------


def probe_checks(folder: Path, seed: int) -> tuple[Probe, ...]:
    """How long each check takes on the reference, and which of its inputs hide mistakes."""
    bench = _bench(folder)
    assert bench.assignment.reference is not None
    fresh = names_of(bench.assignment.reference)
    inputs: dict[str, list[str]] = {}
    probes: list[Probe] = []
    began = time.perf_counter()

    def connect(case: Case) -> Connection:
        return _Watched(LocalConnection(fresh()), inputs.setdefault(case.check, []))

    def done(result: CheckResult) -> None:
        nonlocal began
        now = time.perf_counter()
        found = tuple(dict.fromkeys(inputs.get(result.check, [])))
        probes.append(Probe(result.check, now - began, found))
        began = now

    run_checks(bench.assignment.suite, Run(connect=connect, oracle=bench.oracle, seed=seed, on_result=done))
    return tuple(probes)


class _Watched:
    """A line that looks at the arguments of each call."""

    def __init__(self, line: LocalConnection, found: list[str]) -> None:
        self._line = line
        self._found = found

    def ask(self, message: Mapping[str, object]) -> Mapping[str, Any]:
        """The answer of the line below."""
        for argument in message.get("args") or ():  # type: ignore[attr-defined]
            if isinstance(argument, np.ndarray):
                self._found += [f"{message.get('name')}: {words}" for words in weaknesses(argument)]
        return self._line.ask(message)

    def close(self) -> None:
        """Nothing is kept."""
        self._line.close()


def weaknesses(array: np.ndarray[Any, Any]) -> list[str]:
    """Why an input cannot tell mistakes apart."""
    found = []
    if array.ndim == 2 and array.shape[0] == array.shape[1] > 1:
        found.append(f"an input of shape {array.shape} is square: a transposed answer has the right shape")
    if array.size > 1 and array.dtype.kind == "f" and not array.any():
        found.append(f"an input of shape {array.shape} is zero throughout: what it multiplies is hidden")
    elif array.size > 2 and array.dtype.kind == "f" and np.ptp(array) == 0:
        found.append(f"an input of shape {array.shape} is constant: its order is hidden")
    return found


# --- mutants ----------------------------------------------------------------------------------------------


class _Killed(Exception):
    """A mutant lost a point: no need to go on."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__(result)
        self.result = result


def try_mutants(
    folder: Path, mutants: tuple[tuple[str, str], ...], seed: int, slow: frozenset[str]
) -> tuple[Tried, ...]:
    """What becomes of each mutant, (id, source): quick checks are tried first."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return tuple(_try_mutant(name, source, _bench(folder), seed, slow) for name, source in mutants)


def _try_mutant(name: str, source: str, bench: _Bench, seed: int, slow: frozenset[str]) -> Tried:
    suite = bench.assignment.suite
    code = compile(source, "<mutant>", "exec", dont_inherit=True)
    quick = frozenset(c.name for c in bench.assignment.card.checks) - slow
    try:
        for only in (quick, slow) if slow else (quick,):
            run_checks(suite, _run(bench, code, seed, only))
    except _Killed as killed:
        return Tried(name, killed.result.check, killed.result.outcome.value)
    return Tried(name, "", Outcome.PASSED.value)


def _run(bench: _Bench, code: CodeType, seed: int, only: frozenset[str]) -> Run:
    def connect(case: Case) -> Connection:
        names: dict[str, Any] = {"__name__": "mutant"}
        exec(code, names)
        number = seed_for("worker", seed, case.check, case.index) % 2**32
        return TimedConnection(names, limit_s=case.timeout_s or MUTANT_CHECK_S, seed=number)

    def judge(result: CheckResult) -> None:
        if result.points < result.out_of:
            raise _Killed(result)

    return Run(connect=connect, oracle=bench.oracle, seed=seed, only=only, on_result=judge)
