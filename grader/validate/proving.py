"""What an author promises: the reference and each accepted variant earn every point and the starter none, in
the worker, as students' hand-ins; each known mistake loses a point and is named as itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import score
from grader.assignment import Assignment, Overlay, load_assignment
from grader.assignment.oracles import names_of
from grader.assignment.starter import cut_solution, to_notebook
from grader.checks.oracle import LocalConnection
from grader.checks.plugin import run_checks
from grader.checks.suite import Run
from grader.errors import AssignmentError
from grader.grade import Desk, grade_submission, open_desk
from grader.model import CheckResult, Graded, HandedFile, Outcome, State, Submission
from grader.sandbox import open_slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one program did that has to do as the author says."""

    kind: str  # "reference" | "variant" | "starter" | "mistake"
    name: str
    points: float
    checks: tuple[CheckResult, ...]
    problems: tuple[str, ...] = ()  # empty: as it must be
    ties: tuple[str, ...] = ()  # mistakes that no check tells from this one


def prove_programs(folder: Path, seed: int, isolation: str) -> tuple[Finding, ...]:
    """Reference, variants and starter, each as a hand-in."""
    assignment = load_assignment(folder)
    with open_slot(isolation=isolation, preload=assignment.preload()) as slot:
        return tuple(_programs(assignment, open_desk(assignment, slot, seed=seed)))


def _programs(assignment: Assignment, desk: Desk) -> Iterator[Finding]:
    if assignment.reference is None:
        raise AssignmentError(f"{assignment.folder} has no reference", "validate the instructor's folder")
    source = assignment.reference.read_text("utf-8")
    starter = cut_solution(source, path=assignment.reference)
    as_module, as_notebook = f"{assignment.id}.py", f"{assignment.id}.ipynb"
    yield _right("reference", as_module, _grade(desk, as_module, source.encode()))
    yield _right("reference", as_notebook, _grade(desk, as_notebook, to_notebook(source)))
    for variant in assignment.variants:
        yield _right("variant", variant.id, _grade(desk, as_notebook, to_notebook(source, variant.source)))
    yield _blank(as_module, _grade(desk, as_module, starter.encode()))
    yield _blank(as_notebook, _grade(desk, as_notebook, to_notebook(starter)))


def prove_mistakes(folder: Path, seed: int) -> tuple[Finding, ...]:
    """Each known mistake. They are code of staff's, so they run in our process, where their runs are kept."""
    assignment = load_assignment(folder)
    assert assignment.reference is not None
    oracle, diagnoses = assignment.oracle(), assignment.diagnoses()
    found = []
    for mistake in assignment.mistakes:
        fresh = names_of(assignment.reference, mistake)
        run = Run(
            connect=lambda case, fresh=fresh: LocalConnection(fresh()),  # type: ignore[misc]
            oracle=oracle,
            seed=seed,
            diagnoses=diagnoses,
        )
        found.append(_wrong(mistake, run_checks(assignment.suite, run)))
    return tuple(found)


def _grade(desk: Desk, name: str, content: bytes) -> Graded:
    files = (HandedFile(path=name, content=content),)
    return grade_submission(Submission(key="validated", name=name, files=files), desk)


def _right(kind: str, name: str, graded: Graded) -> Finding:
    result = graded.result
    problems = [_problem(c) for c in result.checks if c.outcome is not Outcome.PASSED]
    if result.state is not State.GRADED:
        problems.insert(0, f"{result.state.value}: {result.message}")
    return Finding(
        kind=kind,
        name=name,
        points=score.total(result.checks),
        checks=result.checks,
        problems=tuple(problems),
    )


def _blank(name: str, graded: Graded) -> Finding:
    result = graded.result
    problems = [f"{c.check} gives {c.points:g} points" for c in result.checks if c.points > 0]
    problems += [_problem(c) for c in result.checks if c.outcome in (Outcome.BROKEN, Outcome.CRASHED)]
    if result.state is not State.GRADED:
        problems.insert(0, f"{result.state.value}: {result.message}")
    return Finding(
        kind="starter",
        name=name,
        points=score.total(result.checks),
        checks=result.checks,
        problems=tuple(problems),
    )


def _wrong(mistake: Overlay, checks: tuple[CheckResult, ...]) -> Finding:
    problems = [_problem(c) for c in checks if c.outcome is Outcome.BROKEN]
    caught = [c for c in checks if c.outcome not in (Outcome.PASSED, Outcome.SKIPPED, Outcome.BROKEN)]
    naming = [c.mistakes for c in caught if mistake.id in c.mistakes]
    if not caught:
        problems.append("no check catches it")
    elif not naming:
        seen = ", ".join(c.check for c in caught)
        problems.append(f"caught by {seen}, named by none")
    wrongly = sorted({m for c in caught if c.mistakes and mistake.id not in c.mistakes for m in c.mistakes})
    if wrongly:
        problems.append(f"taken for {', '.join(wrongly)}")
    ties = set.intersection(*map(set, naming)) - {mistake.id} if naming else set()
    return Finding(
        kind="mistake",
        name=mistake.id,
        points=score.total(checks),
        checks=checks,
        problems=tuple(problems),
        ties=tuple(sorted(ties)),
    )


def _problem(result: CheckResult) -> str:
    words = f"{result.check}: {result.outcome.value}: {result.message} {result.numbers}".strip()
    return f"{words} ({result.detail.strip().splitlines()[-1]})" if result.detail.strip() else words
