"""When an earlier result may stand in for a new one, and what of it must be brought up to date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from grader import score
from grader.grade import digest_of, standing_of
from grader.model import (
    Card,
    Graded,
    Outcome,
    Provenance,
    Submission,
    SubmissionResult,
    Text,
    Tier,
    from_json,
    to_json,
)
from grader.moodle import Recipient
from grader.score import LatePolicy
from grader.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What was known of a hand-in besides its bytes, when its result was made."""

    handed_in: datetime | None
    extension: datetime | None
    notes: tuple[Text, ...]
    problem: Text
    recipient: tuple[str, str] | None = None  # name and number under which Moodle takes feedback


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What all verdicts of a batch depend on."""

    card: Card
    late: LatePolicy
    assignment: str  # digest
    grader: str  # version
    seed: int
    tier: Tier

    def provenance(self, submission: Submission) -> Provenance:
        """What the verdict on `submission` depends on."""
        return Provenance(
            submission=digest_of(submission),
            assignment=self.assignment,
            grader=self.grader,
            seed=self.seed,
            tier=self.tier,
        )


def origin_of(submission: Submission, recipient: Recipient | None) -> str:
    """What is kept of a submission besides its result: for `reuse`, and for sending feedback."""
    return to_json(
        Origin(
            handed_in=submission.handed_in,
            extension=submission.extension,
            notes=submission.notes,
            problem=submission.problem,
            recipient=(recipient.name, recipient.number) if recipient else None,
        )
    )


def reuse(store: Store, submission: Submission, conditions: Conditions) -> Graded | None:
    """The kept result of the same bytes under the same conditions, brought up to date; or None."""
    known = store.known(submission.key)
    if known is None or known.provenance != conditions.provenance(submission):
        return None
    origin = from_json(Origin, known.origin)
    graded = store.get(known.key)
    if graded is None or origin.problem != submission.problem or not _is_settled(graded.result):
        return None
    if graded.result.notes[: len(origin.notes)] != origin.notes:
        return None
    return replace(graded, result=brought_up_to_date(graded.result, submission, origin.notes, conditions))


def _is_settled(result: SubmissionResult) -> bool:
    """Is it a verdict? Where we were at fault, we try again."""
    return all(check.outcome is not Outcome.BROKEN for check in result.checks)


def brought_up_to_date(
    result: SubmissionResult, submission: Submission, notes: tuple[Text, ...], conditions: Conditions
) -> SubmissionResult:
    """`result` with all that does not come from the bytes of `submission`.

    `notes` are those at the head of `result` that tell of the hand-in rather than of running it.
    """
    lateness, state, message = result.lateness, result.state, result.message
    if result.checks:
        state, message = standing_of(result.checks, submission)
        lateness = score.lateness(
            submission.handed_in,
            conditions.card.due,
            submission.extension,
            conditions.late,
            points=score.total(result.checks) - result.deduction,
            out_of=conditions.card.points,
        )
    return replace(
        result,
        key=submission.key,
        name=submission.name,
        identifier=submission.identifier,
        notes=(*submission.notes, *result.notes[len(notes) :]),
        lateness=lateness,
        state=state,
        message=message,
    )
