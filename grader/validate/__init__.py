"""The grader of the grader: is an assignment fit to be released, and what in it is weak?"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from grader.assignment import Assignment
from grader.errors import AssignmentError
from grader.model import Card
from grader.validate import weak
from grader.validate.accepted import Survivor, read_accepted
from grader.validate.mutants import mutants_of
from grader.validate.proving import Finding, prove_mistakes, prove_programs
from grader.validate.trying import Probe, Seeded, Tried, probe_checks, try_mutants, try_seed

__all__ = ["Finding", "Probe", "Survivor", "Tried", "Validation", "validate"]

T = TypeVar("T")
ENOUGH_KILLED = 0.95  # of the mutants that are not equivalent
OTHER_SEEDS = 4  # tried on the reference; variants and mistakes are tried with one more
_SLOW_S = 0.1  # a check above this is tried last on mutants, and with one seed on mistakes
_CHUNK = 8  # mutants of one task


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What validating an assignment found."""

    card: Card
    findings: tuple[Finding, ...]
    probes: tuple[Probe, ...]
    tried: tuple[Tried, ...] = ()
    accepted: tuple[tuple[str, Survivor], ...] = ()
    problems: tuple[str, ...] = ()  # beside those of the findings
    weak_spots: tuple[str, ...] = ()

    @property
    def is_sound(self) -> bool:
        """May it be released?"""
        return not self.problems and not any(f.problems for f in self.findings)

    @property
    def mistakes(self) -> tuple[Finding, ...]:
        """The findings about known mistakes."""
        return tuple(f for f in self.findings if f.kind == "mistake")

    @property
    def ties(self) -> tuple[tuple[str, ...], ...]:
        """Mistakes that no check tells apart."""
        return tuple(sorted({tuple(sorted((f.name, *f.ties))) for f in self.findings if f.ties}))

    @property
    def killed(self) -> tuple[int, int]:
        """How many mutants lose points, of how many that are not equivalent."""
        return weak.mutant_share(self.tried, dict(self.accepted))


def validate(
    assignment: Assignment,
    *,
    seed: int,
    isolation: str,
    jobs: int = 1,
    with_mutants: bool = True,
    on_finding: Callable[[Finding], None] = lambda finding: None,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Validation:
    """Try everything that an assignment brings along on its own checks.

    Parameters
    ----------
    assignment
        With its reference.
    seed
        Of the run whose points count; others are tried beside it.
    isolation
        Tier for the programs that run as hand-ins do.
    jobs
        Processes at a time; with 1 all is done in this one.
    with_mutants
        Try systematic mutants of the reference, too: about half of the time.
    on_finding, on_progress
        Are told what was found, and how many tasks are done.
    """
    if assignment.reference is None:
        raise AssignmentError(f"{assignment.folder} has no reference", "validate the instructor's folder")
    accepted = read_accepted(assignment.folder)
    probes = probe_checks(assignment.folder, seed)
    slow = frozenset(p.check for p in probes if p.seconds > _SLOW_S)
    quick = frozenset(c.name for c in assignment.card.checks) - slow
    with _pool(jobs, on_progress) as submit:
        bank = submit(prove_mistakes, assignment.folder, seed)
        programs = submit(prove_programs, assignment.folder, seed, isolation)
        others = [("", seed + i) for i in range(1, OTHER_SEEDS + 1)]
        others += [(v.id, seed + 1) for v in assignment.variants]
        rights = [submit(try_seed, assignment.folder, name, other, None) for name, other in others]
        wrongs = [submit(try_seed, assignment.folder, m.id, seed + 1, quick) for m in assignment.mistakes]
        source = assignment.reference.read_text("utf-8")
        mutants = tuple((m.id, m.source) for m in mutants_of(source)) if with_mutants else ()
        chunks = [
            submit(try_mutants, assignment.folder, mutants[i : i + _CHUNK], seed, slow)
            for i in range(0, len(mutants), _CHUNK)
        ]
        findings = (*programs.result(), *bank.result())
        for finding in findings:
            on_finding(finding)
        return _judge(
            assignment.card,
            findings,
            probes,
            rights=[r.result() for r in rights],
            wrongs=[w.result() for w in wrongs],
            tried=tuple(t for chunk in chunks for t in chunk.result()),
            accepted=accepted,
        )


def _judge(
    card: Card,
    findings: tuple[Finding, ...],
    probes: tuple[Probe, ...],
    *,
    rights: list[Seeded],
    wrongs: list[Seeded],
    tried: tuple[Tried, ...],
    accepted: dict[str, Survivor],
) -> Validation:
    mistakes = [f for f in findings if f.kind == "mistake"]
    problems = list(weak.unstable_right(rights))
    killed, of = weak.mutant_share(tried, accepted)
    if killed < ENOUGH_KILLED * of:
        problems.append(f"{killed} of {of} mutants lose points: fewer than {100 * ENOUGH_KILLED:g} %")
    spots = [
        *weak.weak_checks(card, mistakes, tried),
        *weak.lone_catches(mistakes),
        *weak.unstable_mistakes(mistakes, wrongs),
        *weak.weak_inputs(probes),
        *weak.slow_checks(probes),
        *(f"mutant keeps all points: {m}" for m in weak.unexplained(tried, accepted)),
        *weak.stale(tried, accepted),
    ]
    return Validation(
        card=card,
        findings=findings,
        probes=probes,
        tried=tried,
        accepted=tuple(accepted.items()),
        problems=tuple(problems),
        weak_spots=tuple(spots),
    )


@contextmanager
def _pool(jobs: int, on_progress: Callable[[int, int], None]) -> Iterator[Callable[..., Future[Any]]]:
    """Gives what takes a task and its arguments and gives a future."""
    counts = [0, 0]

    def finished(future: Future[Any]) -> None:
        counts[0] += 1
        on_progress(counts[0], counts[1])

    def count(future: Future[Any]) -> Future[Any]:
        counts[1] += 1
        future.add_done_callback(finished)
        return future

    if jobs == 1:
        yield lambda task, *args: count(_done(task, *args))
        return
    # spawned: a fork of a process with threads may lock for ever
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        try:
            yield lambda task, *args: count(pool.submit(task, *args))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _done(task: Callable[..., T], *args: Any) -> Future[T]:
    future: Future[T] = Future()
    try:
        future.set_result(task(*args))
    except Exception as error:
        future.set_exception(error)
    return future
