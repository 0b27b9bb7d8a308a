"""Where the stages meet: one submission in, its verdict out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from grader import __version__, score
from grader.assignment import Assignment
from grader.checks.connection import Connection, Interrupted
from grader.checks.oracle import Oracle
from grader.checks.plugin import run_checks, seed_for
from grader.checks.suite import Case, Diagnoses, Run, Suite
from grader.load import Loaded, Wanted, notes_of, read
from grader.model import (
    CheckResult,
    Cost,
    Graded,
    LoadMode,
    Outcome,
    Program,
    Provenance,
    State,
    Submission,
    SubmissionResult,
    Text,
    Visibility,
    text,
)
from grader.sandbox import Session, Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What grading submissions of one assignment in one process needs, made once."""

    assignment: Assignment
    suite: Suite
    oracle: Oracle
    diagnoses: Diagnoses
    slot: Slot
    seed: int


def open_desk(assignment: Assignment, slot: Slot, *, seed: int, public_only: bool = False) -> Desk:
    """A desk for all the checks, or for those that students run too."""
    suite = assignment.suite.only(Visibility.PUBLIC) if public_only else assignment.suite
    return Desk(
        assignment=assignment,
        suite=suite,
        oracle=assignment.oracle(),
        diagnoses=assignment.diagnoses(),
        slot=slot,
        seed=seed,
    )


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
    with _Attempt(loaded.program, desk) as attempt:
        run = Run(
            connect=attempt.connect,
            oracle=desk.oracle,
            seed=desk.seed,
            diagnoses=desk.diagnoses,
            on_result=on_result,
        )
        checks = run_checks(desk.suite, run)
        notes = (*submission.notes, *loaded.notes, *attempt.notes)
        result = _verdict(submission, desk, loaded, checks, notes)
        return Graded(result=result, document=loaded.document, costs=attempt.costs)


class _Attempt:
    """A hand-in being loaded and asked; loads less of it when all of it does not load."""

    def __init__(self, program: Program, desk: Desk) -> None:
        self._program = program
        self._desk = desk
        self._session: Session | None = None
        self._fault: Exception | None = None
        self._asked: list[str] = []  # the checks that got a line, in order
        self.notes: tuple[Text, ...] = ()

    def __enter__(self) -> _Attempt:
        mode = self._desk.assignment.settings.load.mode
        try:
            self._load(mode)
        except Exception as error:
            self._fault = error
        return self

    def __exit__(self, *exception: object) -> None:
        if self._session is not None:
            self._session.__exit__(None, None, None)

    def connect(self, case: Case) -> Connection:
        """A line for one case of a check; raises what loading ended with."""
        if self._session is None:
            raise self._fault or RuntimeError("connect outside of the attempt")
        limits = self._desk.assignment.limits()
        if case.timeout_s is not None:
            limits = limits.with_check_time(case.timeout_s)
        seed = seed_for("worker", self._desk.seed, case.check, case.index)
        connection = self._session.begin(limits=limits, seed=seed % 2**32)
        self._asked.append(case.check)
        return connection

    @property
    def costs(self) -> tuple[Cost, ...]:
        """What loading and each check took."""
        names = iter(self._asked)
        measured = self._session.costs if self._session is not None else ()
        return tuple(c if c.check else replace(c, check=next(names, "")) for c in measured)

    def _load(self, mode: LoadMode) -> None:
        slot, assignment = self._desk.slot, self._desk.assignment
        try:
            self._session = slot.load(
                request_for(self._program, assignment, mode),
                self._program.files,
                assignment.limits(),
                seed=seed_for("load", self._desk.seed) % 2**32,
            )
        except Interrupted as error:
            if mode is LoadMode.DEFINITIONS:
                raise
            reason = text(
                "Running all of it did not end well: {why} Only its definitions were loaded.",
                why=error.message,
            )
            self._load(LoadMode.DEFINITIONS)
            self.notes = (reason, *self.notes)
        else:
            self.notes = notes_of(self._session.report)


def request_for(program: Program, assignment: Assignment, mode: LoadMode) -> dict[str, object]:
    """What the worker is told: the student's units and what concerns loading them. No answer is in it."""
    settings = assignment.settings
    return {
        "units": [{"source": unit.source, "label": unit.label} for unit in program.units],
        "path": program.path,
        "mode": mode.value,
        "names": list(settings.names),
        "aliases": {name: list(others) for name, others in settings.aliases.items()},
        "imports": list(settings.imports.allowed),
        "repairs": list(settings.load.repairs),
        "data": None,
    }


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
    submission: Submission, desk: Desk, loaded: Loaded, checks: Sequence[CheckResult], notes: tuple[Text, ...]
) -> SubmissionResult:
    state, message = standing_of(checks, submission)
    points = score.total(checks)
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
        notes=notes,
        lateness=lateness,
        provenance=provenance_of(submission, desk),
    )


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
        grader=__version__,
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
