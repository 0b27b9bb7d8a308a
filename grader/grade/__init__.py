"""Where the stages meet: one submission in, its verdict out."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from grader import score
from grader.assignment import Assignment
from grader.checks.oracle import Oracle
from grader.checks.plugin import CheckRunner
from grader.checks.recall import Recall
from grader.checks.suite import Diagnoses, Run
from grader.grade.attempt import Attempt, request_for
from grader.grade.build import build_of
from grader.load import Loaded, Wanted, read
from grader.model import (
    CheckResult,
    Cost,
    Graded,
    LoadMode,
    Outcome,
    Provenance,
    State,
    Submission,
    SubmissionResult,
    Text,
    Visibility,
    text,
)
from grader.sandbox import Slot

__all__ = [
    "Desk",
    "digest_of",
    "grade_submission",
    "lay_out",
    "open_desk",
    "provenance_of",
    "request_for",
    "standing_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What grading submissions of one assignment in one process needs, made once."""

    assignment: Assignment
    checks: CheckRunner
    oracle: Oracle
    diagnoses: Diagnoses
    slot: Slot
    seed: int
    recall: Recall = field(default_factory=Recall)

    def run(self, attempt: Attempt) -> Run:
        """A run of the checks over a hand-in. What is recalled holds only where all else here is the same."""
        return Run(
            connect=attempt.connect,
            oracle=self.oracle,
            seed=self.seed,
            diagnoses=self.diagnoses,
            recall=self.recall,
        )


def lay_out(assignment: Assignment, *, public_only: bool = False) -> partial[Desk]:
    """A desk as `open_desk` makes it, to which only its slot and its seed are still to be given."""
    suite = assignment.suite.only(Visibility.PUBLIC) if public_only else assignment.suite
    return partial(
        Desk,
        assignment=assignment,
        checks=CheckRunner(suite),
        oracle=assignment.oracle(),
        diagnoses=assignment.diagnoses(),
    )


def open_desk(assignment: Assignment, slot: Slot, *, seed: int, public_only: bool = False) -> Desk:
    """A desk for all the checks, or for those that students run too."""
    return lay_out(assignment, public_only=public_only)(slot=slot, seed=seed)


def grade_submission(
    submission: Submission, desk: Desk, *, on_result: Callable[[CheckResult], None] = lambda result: None
) -> Graded:
    """The verdict on one submission. Whatever the student's code does is a part of it."""
    if submission.problem:
        return Graded(result=_without_checks(submission, desk, State.UNREADABLE, submission.problem))
    if not submission.files:
        words = text("Nothing was handed in.")
        return Graded(result=_without_checks(submission, desk, State.NOTHING_SUBMITTED, words))
    wanted = Wanted(patterns=desk.assignment.settings.files.wanted, names=desk.assignment.settings.names)
    loaded = read(submission, wanted)
    if loaded.program is None:
        result = _without_checks(submission, desk, State.UNREADABLE, loaded.problem, loaded)
        return Graded(result=result, document=loaded.document)
    with Attempt(loaded.program, desk.assignment, desk.slot, seed=desk.seed) as attempt:
        checks = desk.checks.run(replace(desk.run(attempt), on_result=on_result))
    earlier, costs = _earlier_definitions(loaded, desk, attempt, checks)  # a slot holds one at a time
    notes = (*submission.notes, *loaded.notes, *attempt.notes, *earlier)
    cost = desk.assignment.settings.load.repair_cost * len(attempt.repairs())
    result = _verdict(submission, desk, loaded, checks, notes, repairs_cost=cost)
    return Graded(result=result, document=loaded.document, costs=(*attempt.costs, *costs))


def _earlier_definitions(
    loaded: Loaded, desk: Desk, attempt: Attempt, checks: Sequence[CheckResult]
) -> tuple[tuple[Text, ...], tuple[Cost, ...]]:
    """Would what the student wrote first, and then defined again, have earned more? For a person to know.

    Definitions tell: experiments are not run a second time.
    """
    wrong = frozenset(c.check for c in checks if c.outcome in (Outcome.FAILED, Outcome.ERROR))
    redefined = attempt.redefined()
    if not wrong or not redefined or loaded.program is None:
        return (), ()
    places = list(redefined.values())
    mode = LoadMode.DEFINITIONS
    with Attempt(
        loaded.program, desk.assignment, desk.slot, seed=desk.seed, mode=mode, without=places
    ) as earlier:
        again = desk.checks.run(replace(desk.run(earlier), only=wrong))
    cost = Cost(
        check="earlier",
        wall_s=math.fsum(c.wall_s for c in earlier.costs),
        cpu_s=math.fsum(c.cpu_s for c in earlier.costs),
    )
    if not any(c.outcome is Outcome.PASSED for c in again):
        return (), (cost,)
    names = ", ".join(redefined)
    words = text("An earlier definition of {names} would earn more than the last one.", names=names)
    return (words,), (cost,)


def _without_checks(
    submission: Submission, desk: Desk, state: State, message: Text, loaded: Loaded | None = None
) -> SubmissionResult:
    """The result of a submission that no check could be run on: no points, and the reason."""
    return SubmissionResult(
        key=submission.key,
        name=submission.name,
        identifier=submission.identifier,
        files=tuple(f.path for f in submission.files),
        state=state,
        out_of=desk.assignment.card.points,
        message=message,
        notes=submission.notes + (loaded.notes if loaded else ()),
        provenance=provenance_of(submission, desk),
    )


def _verdict(
    submission: Submission,
    desk: Desk,
    loaded: Loaded,
    checks: Sequence[CheckResult],
    notes: tuple[Text, ...],
    *,
    repairs_cost: float,
) -> SubmissionResult:
    state, message = standing_of(checks, submission)
    deduction = min(repairs_cost, score.total(checks))
    points = score.total(checks) - deduction
    lateness = score.lateness(
        submission.handed_in,
        desk.assignment.card.due,
        submission.extension,
        desk.assignment.late_policy(),
        points=points,
        out_of=desk.assignment.card.points,
    )
    return SubmissionResult(
        key=submission.key,
        name=submission.name,
        identifier=submission.identifier,
        files=loaded.files,
        state=state,
        out_of=desk.assignment.card.points,
        message=message,
        checks=tuple(checks),
        notes=(*notes, *_told(deduction)),
        deduction=deduction,
        lateness=lateness,
        provenance=provenance_of(submission, desk),
    )


def _told(deduction: float) -> tuple[Text, ...]:
    return (text("Repairs cost {points} points.", points=f"{deduction:g}"),) if deduction else ()


def standing_of(checks: Sequence[CheckResult], submission: Submission) -> tuple[State, Text]:
    """Is the verdict established, or must a person look, and why?"""
    broken = sum(c.outcome is Outcome.BROKEN for c in checks)
    if broken:
        words = text("{count} checks could not be judged: a person must look.", count=broken)
        return State.NEEDS_REVIEW, words
    if submission.is_draft:
        return State.NEEDS_REVIEW, text("This is a draft that was never submitted: does it count?")
    return State.GRADED, Text()


def provenance_of(submission: Submission, desk: Desk) -> Provenance:
    """What the verdict depends on."""
    return Provenance(
        submission=digest_of(submission),
        assignment=desk.assignment.digest,
        grader=build_of(desk.assignment.settings.imports.allowed),
        seed=desk.seed,
        tier=desk.slot.tier,
    )


def digest_of(submission: Submission) -> str:
    """SHA-256 of its files: names and bytes."""
    digest = hashlib.sha256()
    for file in submission.files:
        digest.update(f"{file.path}\0{len(file.content)}\0".encode("utf-8", "surrogatepass"))
        digest.update(file.content)
    return digest.hexdigest()
