"""Programs tried on an assignment's checks: each function is one task, and may run in a process of its own.

What staff wrote runs in our process; mutants, which nobody has read, run as students' code does.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from grader.assignment import Assignment, Overlay, load_assignment
from grader.assignment.oracles import names_of
from grader.checks.connection import Connection, Interrupted
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import run_checks, seed_for
from grader.checks.suite import Case, Run
from grader.grade import request_for
from grader.model import CheckResult, CodeUnit, Limits, LoadMode, Outcome, Program, Tier
from grader.sandbox import Session, Slot, open_slot

MUTANT_CHECK_S = 5.0  # a mutant may loop for ever
MUTANT_LOAD_S = 20.0


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
    assignment = _bench(folder).assignment
    with open_slot(isolation=Tier.PORTABLE, preload=assignment.preload()) as slot:
        return tuple(_try_mutant(name, source, folder, slot, seed, slow) for name, source in mutants)


def _try_mutant(name: str, source: str, folder: Path, slot: Slot, seed: int, slow: frozenset[str]) -> Tried:
    bench = _bench(folder)
    assignment = bench.assignment
    program = Program(
        path=f"{assignment.id}.py", units=(CodeUnit(source=source, label=f"{assignment.id}.py"),)
    )
    limits = Limits(
        load_s=MUTANT_LOAD_S, check_s=MUTANT_CHECK_S, memory_bytes=assignment.limits().memory_bytes
    )
    quick = frozenset(c.name for c in assignment.card.checks) - slow
    try:
        with slot.load(
            request_for(program, assignment, LoadMode.DEFINITIONS), (), limits, seed=seed
        ) as session:
            for only in (quick, slow) if slow else (quick,):
                run_checks(assignment.suite, _run(bench, session, limits, seed, only))
    except _Killed as killed:
        return Tried(name, killed.result.check, killed.result.outcome.value)
    except Interrupted as error:
        return Tried(name, "load", error.outcome.value)
    return Tried(name, "", Outcome.PASSED.value)


def _run(bench: _Bench, session: Session, limits: Limits, seed: int, only: frozenset[str]) -> Run:
    def connect(case: Case) -> Connection:
        number = seed_for("worker", seed, case.check, case.index) % 2**32
        return session.begin(limits=limits.with_check_time(case.timeout_s or MUTANT_CHECK_S), seed=number)

    def judge(result: CheckResult) -> None:
        if result.points < result.out_of:
            raise _Killed(result)

    return Run(connect=connect, oracle=bench.oracle, seed=seed, only=only, on_result=judge)
