"""The answers of the reference that public checks need, so that students need no reference.

They are recorded while the reference itself is checked. A check may ask the reference only about inputs of
its own: one whose questions depend on what the student's code gave would find no answer at home. The
starter, the variants and the known mistakes are tried on the record, so that such a check is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from grader.assignment import Assignment
from grader.assignment.oracles import names_of
from grader.assignment.starter import cut_solution
from grader.checks.oracle import LocalConnection, Oracle
from grader.checks.plugin import run_checks
from grader.checks.suite import Run
from grader.errors import AssignmentError
from grader.model import CheckResult, Outcome, Visibility

Names = Callable[[], dict[str, Any]]


def record_answers(
    assignment: Assignment, *, seed: int, on_step: Callable[[str], None] = lambda step: None
) -> dict[str, bytes]:
    """What public checks ask of the reference, with its answers.

    Parameters
    ----------
    assignment
        With its reference.
    seed
        Of the run at home.
    on_step
        Is told which program is tried.

    Raises
    ------
    AssignmentError
        If the reference does not pass a check, or a check needs an answer that is not on record.
    """
    if assignment.reference is None:
        raise AssignmentError(f"{assignment.folder} has no reference", "release the instructor's folder")
    oracle = assignment.oracle()
    on_step("reference")
    for result in _run(assignment, names_of(assignment.reference), oracle, seed):
        if result.outcome is not Outcome.PASSED:
            raise AssignmentError(
                f"the reference does not pass {result.check}: {result.outcome.value}: {result.message}",
                f"run `grader validate {assignment.id}` and mend what it names",
            )
    answers = oracle.answers()
    for name, fresh in _others(assignment):
        on_step(name)
        _refuse_missing_answers(name, _run(assignment, fresh, Oracle(None, answers), seed))
    return answers


def _run(assignment: Assignment, fresh: Names, oracle: Oracle, seed: int) -> tuple[CheckResult, ...]:
    run = Run(connect=lambda case: LocalConnection(fresh()), oracle=oracle, seed=seed)
    return run_checks(assignment.suite.only(Visibility.PUBLIC), run)


def _others(assignment: Assignment) -> Iterator[tuple[str, Names]]:
    reference = assignment.reference
    assert reference is not None
    starter = cut_solution(reference.read_text("utf-8"), path=reference)
    yield "starter", _names_in(starter)
    for overlay in (*assignment.variants, *assignment.mistakes):
        yield overlay.id, names_of(reference, overlay)


def _names_in(source: str) -> Names:
    code = compile(source, "starter.py", "exec", dont_inherit=True)

    def fresh() -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "starter"}
        exec(code, names)
        return names

    return fresh


def _refuse_missing_answers(name: str, results: tuple[CheckResult, ...]) -> None:
    broken = next((r for r in results if r.outcome is Outcome.BROKEN), None)
    if broken is None:
        return
    if "OracleError" in broken.detail:
        raise AssignmentError(
            f"check {broken.check} asks the reference about what the student's code gave (seen with {name})",
            "ask it about inputs of the check only, or make the check a hidden one",
        )
    last = broken.detail.strip().splitlines()[-1] if broken.detail else ""
    raise AssignmentError(f"check {broken.check} breaks on {name}: {last}", "mend the check")
