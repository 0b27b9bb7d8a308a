"""A made-up class for tests of what happens around grading: store, batch, reports."""

from __future__ import annotations

from datetime import UTC, datetime

from grader.model import (
    Array,
    Card,
    Cell,
    Check,
    CheckResult,
    Compared,
    Cost,
    Document,
    Graded,
    Outcome,
    Provenance,
    State,
    SubmissionResult,
    Tier,
    Visibility,
    text,
    verbatim,
)

CHECKS = (
    Check(
        name="linear_forward",
        title=verbatim("Linear.forward"),
        group="Linear",
        points=1.5,
        visibility=Visibility.PUBLIC,
    ),
    Check(
        name="relu_backward",
        title=verbatim("ReLU.backward"),
        group="ReLU",
        points=2.5,
        visibility=Visibility.HIDDEN,
    ),
)
CARD = Card(
    id="tp4",
    title=verbatim("Two-layer perceptron"),
    points=4.0,
    due=datetime(2026, 12, 6, 22, 59, tzinfo=UTC),
    timezone="Europe/Paris",
    checks=CHECKS,
    mistakes=(("missing_mean", verbatim("the gradient is not divided by the batch size")),),
)


def make_graded(
    key: str, *, failed: bool = False, digest: str = "0" * 64, state: State = State.GRADED
) -> Graded:
    """What grading gives for one student, with one check failed or all passed."""
    forward, backward = CHECKS
    array = Array(shape=(2,), dtype="float64", values=(0.5, 1.5))
    checks = (
        CheckResult(
            check=forward.name,
            group=forward.group,
            visibility=forward.visibility,
            outcome=Outcome.PASSED,
            points=forward.points,
            out_of=forward.points,
        ),
        CheckResult(
            check=backward.name,
            group=backward.group,
            visibility=backward.visibility,
            outcome=Outcome.FAILED if failed else Outcome.PASSED,
            points=0.0 if failed else backward.points,
            out_of=backward.points,
            message=text("{name} differs", name="dX") if failed else text(""),
            mistakes=("missing_mean",) if failed else (),
            evidence=(Compared(name="dX", got=array, expected=array, differs=(True, False)),)
            if failed
            else (),
        ),
    )
    return Graded(
        result=SubmissionResult(
            key=key,
            name=f"Student {key}",
            identifier=None,
            files=("tp4.ipynb",),
            state=state,
            out_of=CARD.points,
            checks=checks if state is State.GRADED else (),
            provenance=Provenance(
                submission=digest, assignment="a" * 64, grader="0.1.0", seed=0, tier=Tier.PORTABLE
            ),
        ),
        document=Document(
            path="tp4.ipynb",
            cells=(Cell(kind="code", source=f"# {key}\n", label="cell 1", anchor="cell-1"),),
        ),
        costs=(Cost(check="load", wall_s=0.5, cpu_s=0.25, memory_bytes=1 << 20),),
    )
